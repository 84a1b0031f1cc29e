import { render } from "preact";
import { App } from "./app.tsx";
import { afterJob } from "./state/after-job.ts";
import { keepFocus } from "./state/keep-focus.ts";
import { readNow, startLive } from "./state/live.ts";
import { findRunningJob } from "./state/run-job.ts";
import { canWrite, loadServer } from "./state/server.ts";
import "./styles/theme.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/components.css";
import "./styles/pages.css";
import "./styles/cards.css";
import "./styles/rows.css";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no element with the id app");

try {
  await loadServer();
  startLive();
  afterJob(() => void readNow());
  // Without it, only the progress of an earlier job is missing.
  if (canWrite()) void findRunningJob().catch(() => undefined);
  render(<App />, root);
  keepFocus(root);
} catch (error) {
  render(
    <p class="notice bad" role="alert">
      {(error as Error).message} Then load this page again.
    </p>,
    root,
  );
}
