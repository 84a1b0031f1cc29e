/**
 * Writes the message types of Cloud Tasks and of server reflection to `src/gen/`, from the protos in `@google-cloud/tasks`,
 * `google-gax` and `@grpc/reflection`. Needs no network. Does nothing if its inputs have not changed.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const output = fileURLToPath(new URL("../src/gen", import.meta.url));
const stamp = join(output, ".stamp");

const inputs = [
  "google/cloud/tasks/v2",
  "google/cloud/tasks/v2beta3",
  "google/cloud/location/locations.proto",
  "google/longrunning/operations.proto",
  "google/rpc/error_details.proto",
  "grpc/reflection/v1/reflection.proto",
];

/** Annotations for client generators. They are removed, because the emulator does not use them but would parse them at every start. */
const annotations = [
  "google.api.api_version",
  "google.api.default_host",
  "google.api.field_behavior",
  "google.api.field_info",
  "google.api.http",
  "google.api.method_signature",
  "google.api.oauth_scopes",
  "google.api.resource",
  "google.api.resource_definition",
  "google.api.resource_reference",
  "google.longrunning.operation_info",
];

/** Finds the folder above a file that contains `entry`. A package's `exports` may not include the protos themselves. */
function folderOf(file: string, entry: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, entry))) {
    if (folder === dirname(folder)) throw new Error(`no folder above ${file} contains ${entry}`);
    folder = dirname(folder);
  }
  return folder;
}

const buf = require.resolve("@bufbuild/buf/bin/buf");
const plugin = require.resolve("@bufbuild/protoc-gen-es/bin/protoc-gen-es");
const protos = [
  folderOf(require.resolve("google-gax"), "build/protos"),
  folderOf(require.resolve("@google-cloud/tasks"), "build/protos"),
];
const reflection = folderOf(require.resolve("@grpc/reflection"), "build/proto");

function fingerprint(): string {
  const hash = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
  for (const folder of [...protos, reflection, dirname(dirname(buf)), dirname(dirname(plugin))]) {
    hash.update(readFileSync(join(folder, "package.json")));
  }
  return hash.digest("hex");
}

/** The definitions that Google's v2 has and its proto on npm lacks. They are equal in v2beta3, and copied from there. */
const added = [
  "message BatchCreateTasksRequest",
  "message BatchCreateTasksResponse",
  "message BatchCreateTasksMetadata",
  "message BatchDeleteTasksRequest",
  "message BatchDeleteTasksMetadata",
  "message UpdateCmekConfigRequest",
  "message GetCmekConfigRequest",
];

const addedMethods = ["BatchCreateTasks", "BatchDeleteTasks", "UpdateCmekConfig", "GetCmekConfig"];

/** Returns the text of a block of a proto file, from its first line to its closing brace. */
function block(text: string, beginning: string): string {
  const start = text.indexOf(beginning);
  const indent = /[ ]*$/.exec(text.slice(0, start))?.[0] ?? "";
  const end = text.indexOf(`\n${indent}}\n`, start);
  if (start < 0 || end < 0) throw new Error(`no "${beginning}" in the protos of v2beta3`);
  return `${indent}${text.slice(start, end)}\n${indent}}\n`;
}

/**
 * Adds the fields that the clients for Python and Go use but the v2 in `@google-cloud/tasks` lacks: `Queue.http_target`,
 * `Task.retry_config`, batches, keys. The field numbers are from the descriptors in google-cloud-tasks 2.26.0 (PyPI) and
 * cloud.google.com/go/cloudtasks 1.21.1.
 */
function completeV2(folder: string): void {
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  const write = (file: string, text: string): void => writeFileSync(join(folder, "v2", file), text);
  const asV2 = (text: string): string => text.replaceAll("v2beta3", "v2");
  const [targets, calls] = [read("v2beta3/target.proto"), read("v2beta3/cloudtasks.proto")];
  const target = ["PathOverride", "QueryOverride", "UriOverride", "HttpTarget"].map((name) =>
    block(targets, `message ${name} {`),
  );
  const messages = added.map((name) => block(calls, `${name} {`));
  const methods = addedMethods.map((name) => block(calls, `rpc ${name}(`));
  const imports = [
    "cloud/tasks/v2/cmek_config",
    "longrunning/operations",
    "rpc/status",
    "api/field_info",
    "protobuf/timestamp",
  ];
  const v2 = read("v2/cloudtasks.proto");
  const service = block(v2, "service CloudTasks {");
  const longer = `${service.trimEnd().slice(0, -1)}\n${methods.map(asV2).join("\n")}}\n`;
  const head = imports.map((name) => `import "google/${name}.proto";\n`).filter((line) => !v2.includes(line));
  write("cmek_config.proto", asV2(read("v2beta3/cmek_config.proto")));
  write("target.proto", read("v2/target.proto") + target.map(asV2).join("\n"));
  write(
    "queue.proto",
    read("v2/queue.proto").replace("message Queue {", "message Queue {\n  HttpTarget http_target = 10;"),
  );
  write(
    "task.proto",
    read("v2/task.proto")
      .replace("message Task {", "message Task {\n  RetryConfig retry_config = 12;")
      .replace("\nimport ", '\nimport "google/cloud/tasks/v2/queue.proto";\nimport '),
  );
  write(
    "cloudtasks.proto",
    v2.replace(service, longer).replace("\nimport ", `\n${head.join("")}import `) + messages.map(asV2).join("\n"),
  );
}

function generate(folder: string): void {
  for (const source of protos) {
    cpSync(join(source, "build/protos/google"), join(folder, "protos/google"), { recursive: true });
  }
  cpSync(join(reflection, "build/proto/grpc"), join(folder, "protos/grpc"), { recursive: true });
  completeV2(join(folder, "protos/google/cloud/tasks"));
  const template = {
    version: "v2",
    inputs: [{ directory: "protos", paths: inputs.map((path) => `protos/${path}`), exclude_types: annotations }],
    plugins: [
      {
        local: [process.execPath, plugin],
        out: output,
        // Generated code contains TypeScript enums, which `erasableSyntaxOnly` rejects.
        opt: ["target=ts", "import_extension=ts", "ts_nocheck=true"],
        include_imports: true,
      },
    ],
  };
  execFileSync(process.execPath, [buf, "generate", "--template", JSON.stringify(template)], {
    cwd: folder,
    stdio: "inherit",
  });
}

const current = fingerprint();
const known = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
if (current !== known) {
  const folder = mkdtempSync(join(tmpdir(), "cloudtask-protos-"));
  try {
    rmSync(output, { recursive: true, force: true });
    mkdirSync(output, { recursive: true });
    generate(folder);
    writeFileSync(stamp, current);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
