import type { Fault, PlacedFault } from "../../faults/fault.ts";
import { parseObject } from "../../http/parse-body.ts";
import { readBody } from "../../http/read-body.ts";
import { RpcError } from "../../service/rpc-error.ts";
import type { FaultJson, FaultsJson } from "../types/control-types.ts";
import type { ControlRequest } from "./control.ts";
import { withInvalidArgument } from "./control-fields.ts";

/** Answers POST /control/faults. */
export async function addFault({ parts, request }: ControlRequest): Promise<FaultJson> {
  const fault: object = parseObject(await readBody(request));
  try {
    return withInvalidArgument(() => faultJson(parts.faults.add(fault as Fault)));
  } catch (error) {
    throw error instanceof RangeError ? new RpcError("RESOURCE_EXHAUSTED", error.message) : error;
  }
}

/** Answers GET /control/faults. */
export function listFaults({ parts }: ControlRequest): FaultsJson {
  return { faults: parts.faults.list().map(faultJson) };
}

/** Answers DELETE /control/faults. */
export function clearFaults({ parts }: ControlRequest): object {
  parts.faults.clear();
  return {};
}

/** Answers DELETE /control/faults/{id}. */
export function removeFault({ parts }: ControlRequest, id: string): object {
  const placed = parts.faults.list().find((each) => each.id === id);
  if (!placed) throw new RpcError("NOT_FOUND", `No fault ${JSON.stringify(id)}.`);
  placed.remove();
  return {};
}

function faultJson({ id, fault, fired, isUsedUp }: PlacedFault): FaultJson {
  return { id, fault, fired, isUsedUp };
}
