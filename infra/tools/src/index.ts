export type { DriverRow } from './driver-file.ts'
export { driversCommand } from './drivers-command.ts'
export { importDrivers, listDrivers } from './import-drivers.ts'
export { loadFaq } from './load-faq.ts'
