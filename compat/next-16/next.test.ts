import { nextSuite } from "./support/next-suite.ts";

nextSuite("next-16");
