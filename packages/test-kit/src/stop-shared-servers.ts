import { sharedServers } from './shared-servers.ts'

/** Jest's globalTeardown. */
export default async function stopSharedServers(): Promise<void> {
  await sharedServers.running?.[Symbol.asyncDispose]()
}
