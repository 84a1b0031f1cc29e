import { nextSuite } from "../next-16/support/next-suite.ts";

nextSuite("next-15");
