import { migrate } from '@waybill/database'
import type { Fault } from './fault.ts'
import { SERVICES_IN_ORDER } from './processes.ts'

export const DEPLOY: Fault = {
  name: 'deploy',
  what: 'the commit before is replaced by this one: migrations first, then process by process',
  system: 'previous',
  async inject({ servers, stack, processesOf }, { step }) {
    step('migrate')
    await migrate(servers.postgresUrl)
    for (const service of SERVICES_IN_ORDER) {
      for (const old of processesOf(service)) {
        step(`replace ${old.instance}`)
        await stack.startInstance(service)
        const end = await old.remove()
        if (end !== 'exit code 0') throw new Error(`${old.instance} ended with ${end}`)
      }
    }
  },
}
