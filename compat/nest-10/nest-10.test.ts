import { testNest } from "./support/run-nest.ts";

await testNest("nest-10", 10);
