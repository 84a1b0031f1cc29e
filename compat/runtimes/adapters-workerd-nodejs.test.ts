import { adapterWorkerd } from "./support/adapter-workerd.ts";

adapterWorkerd("workerd with nodejs_compat", ["nodejs_compat"]);
