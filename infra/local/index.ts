export { type Servers, type ServersOptions, type ServerUrls, startServers } from './servers/start-servers.ts'
