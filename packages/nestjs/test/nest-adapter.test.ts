import "reflect-metadata";
import { adapterSuite } from "../../cloudtask/test/support/adapter-suite.ts";
import { nestMounts } from "./support/nest-mounts.ts";

for (const { name, mount, traits } of nestMounts) adapterSuite(`NestJS 12 (${name})`, mount, traits);
