import { runService } from '@waybill/service-kit'
import { loadConfig } from './config.ts'
import { startService } from './service.ts'

await runService(() => startService(loadConfig(process.env)))
