import { RpcError } from "../service/rpc-error.ts";

const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 };

/** The longest delay of a timer. A client sends 99999999H, for example, if it has no deadline. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Parses the header `grpc-timeout`: up to eight digits and a unit.
 *
 * @returns milliseconds, limited to the longest delay of a timer
 * @throws RpcError INTERNAL for any other value
 */
export function callTimeout(header: string): number {
  const [, digits = "", unit = ""] = /^(\d{1,8})([HMSmun])$/.exec(header) ?? [];
  if (digits === "") throw new RpcError("INTERNAL", `Invalid grpc-timeout value "${header}"`);
  return Math.min(Math.floor(Number(digits) * (unitMs[unit] ?? 1)), LONGEST_MS);
}
