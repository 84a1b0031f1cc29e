import type { TaskRecord, TaskRequest } from "../../engine/records.ts";
import { HiddenValues } from "../../history/masking/hidden-values.ts";
import { maskUrl } from "../../history/masking/mask-http.ts";
import type { SecretNames } from "../../history/masking/secret-names.ts";
import { maskRequest } from "../../history/recorded-exchange.ts";
import type { Store } from "../../store/store.ts";
import { definedFields } from "../defined-fields.ts";
import type { SummaryJson } from "../types/task-types.ts";
import { previewOf } from "./preview-of.ts";
import { urlOf } from "./url-of.ts";

/** Bytes of a body to mask for the preview. A secret at the end of the preview may be cut, so more bytes are masked. */
const PREVIEW_BYTES = 600;

/** Summaries to keep: as many as the longest list shows. */
const MAX_SUMMARIES = 1_000;

/**
 * The requests of tasks that exist, as lists show them: without secrets. They are kept, because an open page reads the same tasks
 * several times a second, and the request of a task never changes.
 */
export class TaskSummaries {
  readonly #store: Pick<Store, "requestOf">;
  readonly #names: SecretNames;
  /** By the sequence of the task, the oldest first. */
  readonly #known = new Map<number, SummaryJson>();
  /** The number of secret names when the summaries were created. A new name can occur in each of them. */
  #nameCount = 0;

  constructor(store: Pick<Store, "requestOf">, names: SecretNames) {
    this.#store = store;
    this.#names = names;
  }

  /** Returns the summary of a task that exists; `undefined` if its request cannot be found. */
  of(record: TaskRecord): SummaryJson | undefined {
    if (this.#names.size !== this.#nameCount) this.#known.clear();
    this.#nameCount = this.#names.size;
    const known = this.#known.get(record.sequence);
    if (known) return known;
    const request = this.#store.requestOf(record);
    return request && this.#keep(record.sequence, summaryOf(request, new HiddenValues(this.#names)));
  }

  #keep(sequence: number, summary: SummaryJson): SummaryJson {
    if (this.#known.size >= MAX_SUMMARIES) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    }
    this.#known.set(sequence, summary);
    return summary;
  }
}

function summaryOf(request: TaskRequest, hidden: HiddenValues): SummaryJson {
  const { kind, method, headers, body } = request;
  const bytes = body.subarray(0, PREVIEW_BYTES);
  const unmasked = { method, url: "", headers: Object.entries(headers), bytes, size: body.length };
  const masked = maskRequest(unmasked, hidden);
  return {
    kind,
    method,
    url: hidden.scrub(maskUrl(urlOf(request), hidden)),
    bodySize: body.length,
    ...definedFields({ preview: previewOf(masked) }),
  };
}
