import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { COMMAND, ROOT } from "./spawned.ts";

/** The answer of a tool. */
export interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
}

/** A client of `cloudtask mcp`, as in a coding agent. */
export interface McpClient extends AsyncDisposable {
  readonly client: Client;
  /** Calls a tool and returns its text. */
  call(name: string, input?: Readonly<Record<string, unknown>>): Promise<ToolAnswer>;
  /** Calls a tool and returns its JSON. @throws Error if the tool failed */
  json(name: string, input?: Readonly<Record<string, unknown>>): Promise<ReturnType<typeof JSON.parse>>;
  /** Returns what the command wrote to stderr. */
  err(): string;
}

/** Starts `cloudtask mcp` and connects an ordinary client of the protocol to it. */
export async function startMcp(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program: readonly string[] = COMMAND,
): Promise<McpClient> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...program, "mcp", ...args],
    cwd: ROOT,
    env: { CLOUDSDK_CONFIG: "/nonexistent", ...env },
    stderr: "pipe",
  });
  let err = "";
  transport.stderr?.on("data", (chunk) => {
    err += chunk;
  });
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(transport);
  const call: McpClient["call"] = async (name, input = {}) => {
    const { content, isError = false } = await client.callTool({ name, arguments: { ...input } });
    const [first] = content as readonly { readonly type: string; readonly text: string }[];
    return { isError, text: first?.text ?? "" };
  };
  return {
    client,
    call,
    json: async (name, input) => {
      const { isError, text } = await call(name, input);
      if (isError) throw new Error(text);
      return JSON.parse(text);
    },
    err: () => err,
    [Symbol.asyncDispose]: () => client.close(),
  };
}
