import { createHttpSender } from "../../../packages/cloudtask/src/transport/http-node.ts";
import { overSender } from "./cloudtask-transport.ts";
import type { OpenPeer } from "./peer.ts";

export const open: OpenPeer = overSender(createHttpSender);
