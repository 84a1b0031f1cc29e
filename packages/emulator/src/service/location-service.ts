import { create } from "@bufbuild/protobuf";
import {
  type GetLocationRequest,
  type ListLocationsRequest,
  type ListLocationsResponse,
  ListLocationsResponseSchema,
  type Location,
  LocationSchema,
} from "../gen/google/cloud/location/locations_pb.ts";
import type { ServiceContext } from "./service-context.ts";

/** google.cloud.location.Locations. The emulator accepts every location; it lists its own and those that have queues. */
export class LocationService {
  readonly #engine: ServiceContext["engine"];
  readonly #ownLocation: string;

  /** @param ownLocation - the id of the location that is listed even if it has no queue */
  constructor({ engine }: ServiceContext, ownLocation: string) {
    this.#engine = engine;
    this.#ownLocation = ownLocation;
  }

  listLocations({ name }: ListLocationsRequest): ListLocationsResponse {
    const ids = new Set([this.#ownLocation]);
    for (const queue of this.#engine.queues.keys()) {
      const [, project, , location = ""] = queue.split("/");
      if (`projects/${project}` === name) ids.add(location);
    }
    return create(ListLocationsResponseSchema, { locations: [...ids].sort().map((id) => location(name, id)) });
  }

  getLocation({ name }: GetLocationRequest): Location {
    const [, project = "", , id = ""] = name.split("/");
    return location(`projects/${project}`, id);
  }
}

function location(project: string, id: string): Location {
  return create(LocationSchema, {
    name: `${project}/locations/${id}`,
    locationId: id,
    labels: { "cloud.googleapis.com/region": id },
  });
}
