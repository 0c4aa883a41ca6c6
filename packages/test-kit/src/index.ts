export { eventually } from './eventually.ts'
export { freshDatabase } from './fresh-database.ts'
export { freshRedis } from './fresh-redis.ts'
export { freshVhost } from './fresh-vhost.ts'
