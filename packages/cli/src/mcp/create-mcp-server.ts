import { type CallToolResult, Server, type Tool } from "@modelcontextprotocol/server";
import { errorMessage, VERSION } from "cloudtask/internal";
import { z } from "zod";
import type { McpTool, ToolContext } from "./mcp-tool.ts";
import { errorText, resultText } from "./result-text.ts";

/** Options of `createMcpServer`. */
export interface McpServerOptions {
  /** The tools that the client sees. */
  readonly tools: readonly McpTool[];
  /** The text for the agent. */
  readonly instructions: string;
  /** Returns the reason why a tool is not offered; `undefined` if there is no such tool. */
  readonly whyNot: (name: string) => string | undefined;
  /** Runs an action with the context of a call. */
  readonly withContext: (signal: AbortSignal, run: (context: ToolContext) => Promise<object>) => Promise<object>;
}

/**
 * Creates a server of the Model Context Protocol. A failed call is a result with `isError`, as the protocol requires, so the agent reads
 * the reason.
 */
export function createMcpServer({ tools, instructions, whyNot, withContext }: McpServerOptions): Server {
  const server = new Server({ name: "cloudtask", version: VERSION }, { capabilities: { tools: {} }, instructions });
  server.setRequestHandler("tools/list", () => ({ tools: tools.map(listed) }));
  server.setRequestHandler("tools/call", async ({ params }, { mcpReq: { signal } }) => {
    const called = tools.find(({ name }) => name === params.name);
    if (!called) return failed(whyNot(params.name) ?? `unknown tool ${JSON.stringify(params.name)}`);
    try {
      const result = await withContext(signal, (context) => called.run(params.arguments ?? {}, context));
      return { content: [{ type: "text", text: resultText(result) }] };
    } catch (error) {
      return failed(errorMessage(error));
    }
  });
  return server;
}

function listed({ name, title, description, effect, isIdempotent = effect === "read", input }: McpTool): Tool {
  return {
    name,
    title,
    description,
    inputSchema: z.toJSONSchema(input, { io: "input" }) as Tool["inputSchema"],
    annotations: {
      title,
      readOnlyHint: effect === "read",
      destructiveHint: effect === "delete",
      idempotentHint: isIdempotent,
    },
  };
}

function failed(message: string): CallToolResult {
  return { content: [{ type: "text", text: errorText(message) }], isError: true };
}
