import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { BodyView } from "../../components/body-view.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { HeaderTable } from "../../components/header-table.tsx";
import { source } from "../../source/http-source.ts";
import type { RequestJson, TaskWithRequestJson } from "../../source/json.ts";
import { asCurl, asGcloud, asTypeScript } from "./copy-as.ts";

/** The largest body that Cloud Tasks accepts fits into this. */
const WHOLE_BODY_BYTES = 2_000_000;

interface TaskRequestProps {
  readonly task: TaskWithRequestJson;
  readonly request: NonNullable<TaskWithRequestJson["request"]>;
}

/** The payload and the headers of a task, and the request as a command to copy. */
export function TaskRequest({ task, request }: TaskRequestProps): JSX.Element {
  const [whole, setWhole] = useState<RequestJson>();
  const { name, bodiesHidden } = task;
  const copy = (write: (request: TaskRequestProps["request"]) => string) => async () => {
    const complete = request.isBodyCut ? await wholeRequest(name) : request;
    if (complete.isBodyCut) throw new Error("The end of the payload was not kept");
    // Binary bytes are exact, but text can be decoded from other bytes.
    if (complete.bodyEncoding === "text" && complete.bodyNote !== undefined)
      throw new Error(`The exact payload is not known here: ${complete.bodyNote}`);
    return write(complete);
  };
  if (bodiesHidden !== undefined) {
    return (
      <>
        <p class="notice warn wrap">{bodiesHidden}</p>
        <HeaderTable headers={request.headers} label="Headers" />
      </>
    );
  }
  return (
    <>
      <div class="row">
        {request.kind === "http" && <CopyButton label="Copy as curl" text={copy(asCurl)} />}
        <CopyButton label="Copy as TypeScript" text={copy((complete) => asTypeScript(task, complete))} />
        <CopyButton label="Copy as gcloud" text={copy((complete) => asGcloud(task, complete))} />
        <span class="muted">Secrets are copied as ***. Replace them before you run a command.</span>
      </div>
      <BodyView
        body={whole ?? request}
        label="Payload"
        onWhole={task.finishTime === undefined ? async () => setWhole(await wholeRequest(name)) : undefined}
      />
      <HeaderTable headers={request.headers} label="Headers" />
    </>
  );
}

async function wholeRequest(name: string): Promise<TaskRequestProps["request"]> {
  const { task } = await source.task(name, WHOLE_BODY_BYTES);
  if (task.request === undefined) throw new Error("The request of this task is no longer known");
  return task.request;
}
