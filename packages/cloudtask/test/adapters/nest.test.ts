import "reflect-metadata";
import { adapterSuite } from "../support/adapter-suite.ts";
import { nestMounts } from "./nest-mounts.ts";

for (const { name, mount, traits } of nestMounts) adapterSuite(`NestJS 12 (${name})`, mount, traits);
