/** One way to create a task. Each peer is a module that exports `open`, because loading it is measured too. */
export type OpenPeer = (port: number) => { push(): Promise<string>; close(): Promise<void> };
