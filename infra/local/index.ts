export { CHECKOUT, LOCAL_DIR, runLauncher } from './launcher.ts'
export { serverAccount } from './servers/account.ts'
export { type Servers, type ServersOptions, type ServerUrls, startServers } from './servers/start-servers.ts'
export { createRedisUser } from './stack/redis-user.ts'
export {
  type ServiceProcess,
  type Stack,
  type StackDescription,
  type StackOptions,
  startStack,
} from './stack/start-stack.ts'
