import { testNest } from "../nest-10/support/run-nest.ts";

await testNest("nest-11", 11);
