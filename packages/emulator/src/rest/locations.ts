import { create } from "@bufbuild/protobuf";
import {
  GetLocationRequestSchema,
  ListLocationsRequestSchema,
  ListLocationsResponseSchema,
  LocationSchema,
} from "../gen/google/cloud/location/locations_pb.ts";
import { type Handler, reply } from "./call.ts";

export const listLocations: Handler = async ({ name, services }) =>
  reply(ListLocationsResponseSchema, services.locations.listLocations(create(ListLocationsRequestSchema, { name })));

export const getLocation: Handler = async ({ name, services }) =>
  reply(LocationSchema, services.locations.getLocation(create(GetLocationRequestSchema, { name })));
