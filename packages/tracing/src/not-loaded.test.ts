import { execFileSync } from 'node:child_process'
import { expect, it } from '@jest/globals'

/** Which packages a process loads that starts tracing with this endpoint. */
function packagesLoadedWith(endpoint: string | undefined): string[] {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = new Set()
    registerHooks({
      resolve(specifier, context, next) {
        loaded.add(specifier)
        return next(specifier, context)
      },
    })
    const { startTracing } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)})
    const log = { warn() {}, info() {} }
    const tracing = await startTracing({ service: 'x', instance: 'x-1', endpoint: ${JSON.stringify(endpoint)}, sampler: 'always_on', ratio: 1, log })
    await tracing[Symbol.asyncDispose]()
    console.log(JSON.stringify([...loaded]))`
  const args = [
    '--conditions=@waybill/source',
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
  ]
  const output = execFileSync(process.execPath, [...args, '--eval', script], { encoding: 'utf8' })
  return JSON.parse(output)
}

it('nothing of OpenTelemetry is loaded without a collector', () => {
  const ofOpenTelemetry = (specifier: string) => specifier.startsWith('@opentelemetry/')
  expect(packagesLoadedWith(undefined).filter(ofOpenTelemetry)).toEqual([])
  expect(packagesLoadedWith('http://127.0.0.1:9').filter(ofOpenTelemetry)).not.toEqual([])
})
