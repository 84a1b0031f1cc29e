import { adapterWorkerd } from "./support/adapter-workerd.ts";

adapterWorkerd("workerd", []);
