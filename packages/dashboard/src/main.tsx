import { render } from "preact";
import { App } from "./app.tsx";
import { startLive } from "./state/live.ts";
import "./styles/theme.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/components.css";
import "./styles/pages.css";
import "./styles/cards.css";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no element with the id app");
startLive();
render(<App />, root);
