import { Locations } from "../gen/google/cloud/location/locations_pb.ts";
import { CloudTasks as CloudTasksV2 } from "../gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { CloudTasks as CloudTasksV2beta3 } from "../gen/google/cloud/tasks/v2beta3/cloudtasks_pb.ts";
import { Operations } from "../gen/google/longrunning/operations_pb.ts";
import { type ApiService, apiService, type CallWrapper } from "./api-service.ts";
import { rejectOperationCall } from "./operation-service.ts";
import type { Services } from "./services.ts";
import { cloudTasks as cloudTasksV2 } from "./v2/cloud-tasks.ts";
import { cloudTasks as cloudTasksV2beta3 } from "./v2beta3/cloud-tasks.ts";

/**
 * Creates the services of the API: CloudTasks in both versions, Locations and Operations.
 *
 * @param wrapCall - wraps every call
 */
export function cloudTasksApi(services: Services, wrapCall: CallWrapper): readonly ApiService[] {
  const { locations, operations } = services;
  return [
    apiService(CloudTasksV2, cloudTasksV2(services), wrapCall),
    apiService(CloudTasksV2beta3, cloudTasksV2beta3(services), wrapCall),
    apiService(
      Locations,
      {
        listLocations: (request) => locations.listLocations(request),
        getLocation: (request) => locations.getLocation(request),
      },
      wrapCall,
    ),
    apiService(
      Operations,
      {
        getOperation: (request) => operations.getOperation(request),
        listOperations: rejectOperationCall,
        deleteOperation: rejectOperationCall,
        cancelOperation: rejectOperationCall,
        waitOperation: rejectOperationCall,
      },
      wrapCall,
    ),
  ];
}
