import { createRegistry, type Registry } from "@bufbuild/protobuf";
import { EmptySchema } from "@bufbuild/protobuf/wkt";
import * as v2 from "../../gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import * as v2beta3 from "../../gen/google/cloud/tasks/v2beta3/cloudtasks_pb.ts";

/** The message types that occur in an Any: in operations. */
export const registry: Registry = createRegistry(
  ...[v2, v2beta3].flatMap((version) => [
    version.BatchCreateTasksMetadataSchema,
    version.BatchCreateTasksResponseSchema,
    version.BatchDeleteTasksMetadataSchema,
  ]),
  EmptySchema,
);
