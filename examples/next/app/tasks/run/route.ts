import { cloudTaskRoute } from "cloudtask/next";
import { client } from "@/tasks.ts";

export const { POST } = cloudTaskRoute(client);
