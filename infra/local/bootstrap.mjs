// Runs before anything is installed: plain JavaScript for Node 20, without dependencies. Brings the npm packages
// and the missing programs of the system, then hands over to the command's script on the Node that the lockfile pins.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const CHECKOUT = join(dirname(fileURLToPath(import.meta.url)), '../..')
const PNPM = 'pnpm@12.21.0'
const NODE_MAJOR_MIN = 20
const NODE_MAJOR_PINNED = 24

const SERVERS = ['rabbitmq-server', 'redis-server', 'nginx', 'postgresql']
const COMMANDS = {
  start: { script: 'infra/local/start.ts', needs: SERVERS },
  test: { script: 'infra/local/test.ts', needs: [...SERVERS, 'chromium', 'prometheus'] },
  faults: { script: 'tests/faults/main.ts', needs: SERVERS },
  bench: { script: 'tests/bench/main.ts', needs: SERVERS },
  drivers: { script: 'infra/local/drivers.ts', needs: [] },
  audit: { script: 'infra/local/audit.ts', needs: [] },
  'dead-letters': { script: 'infra/local/dead-letters.ts', needs: [] },
  privacy: { script: 'infra/local/privacy.ts', needs: [] },
}

// Debian starts what it installs. We run private servers and want none of those: not now (policy-rc.d), and not
// after the next boot of a machine with systemd.
const INSTALL = `
  policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    trap 'exit 130' INT TERM HUP
    printf '#!/bin/sh\\nexit 101\\n' > $policy
    chmod 755 $policy
  fi
  export DEBIAN_FRONTEND=noninteractive
  install() { apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"; }
  install "$@" || { apt-get update -q && install "$@"; }
  if [ -d /run/systemd/system ]; then
    for it in "$@"; do systemctl disable -q "$it" || true; done
  fi`

const [command, ...args] = process.argv.slice(2)
if (!Object.hasOwn(COMMANDS, command)) {
  stop(`There is no command ${command ?? ''}, only ${Object.keys(COMMANDS).join(', ')}.`)
}
const { script, needs } = COMMANDS[command]
if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
  stop(`Waybill needs Node ${NODE_MAJOR_MIN} or newer to start; this is ${process.version}.`)
}
if (process.platform !== 'linux') {
  stop(`Waybill runs on Linux, for now on Debian and its relatives; this is ${process.platform}.`)
}
useHome()
installPackages()
installPrograms(needs)
handOver()

// npm and pnpm keep their caches there.
function useHome() {
  try {
    accessSync(process.env.HOME ?? '', constants.W_OK)
  } catch {
    process.env.HOME = join(CHECKOUT, '.local/home')
    mkdirSync(process.env.HOME, { recursive: true })
  }
}

function installPackages() {
  const stamp = join(CHECKOUT, 'node_modules/.installed-lockfile')
  const lockfile = createHash('sha256')
    .update(readFileSync(join(CHECKOUT, 'pnpm-lock.yaml')))
    .digest('hex')
  const wanted = `${lockfile} ${process.arch}\n`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return

  const done = begin('npm packages')
  const install = spawnSync('npx', ['-y', PNPM, 'install', '--frozen-lockfile'], {
    cwd: CHECKOUT,
    encoding: 'utf8',
    env: { ...process.env, CI: 'true' }, // asks nothing
  })
  if (install.status !== 0) {
    stop(
      `The npm packages could not be installed with "npx ${PNPM} install --frozen-lockfile":\n${saidBy(install)}`,
    )
  }
  writeFileSync(stamp, wanted)
  done()
}

/** @param {string[]} packages */
function installPrograms(packages) {
  const missing = packages.filter((it) => !isInstalled(it))
  if (missing.length === 0) return
  const names = missing.join(' ')
  const advice = `sudo apt-get install -y --no-install-recommends ${names}`
  if (!findProgram('apt-get')) {
    stop(`These programs are missing: ${names}. Install them; on Debian that is:\n  ${advice}`)
  }
  const isRoot = process.getuid() === 0
  if (!isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
    stop(`These programs are missing, and installing them takes root:\n  ${advice}`)
  }

  const done = begin(`programs of the system: ${names}`)
  const shell = ['sh', '-euc', INSTALL, 'sh', ...missing]
  const install = isRoot
    ? spawnSync(shell[0], shell.slice(1), { encoding: 'utf8' })
    : spawnSync('sudo', ['-n', ...shell], { encoding: 'utf8' })
  if (install.status !== 0) stop(`They could not be installed with\n  ${advice}\n${saidBy(install)}`)
  done()
}

/** @param {string} name */
function isInstalled(name) {
  if (name === 'rabbitmq-server') return existsSync('/usr/lib/rabbitmq/bin/rabbitmq-server')
  if (name !== 'postgresql') return findProgram(name)
  const versions = '/usr/lib/postgresql'
  return (
    existsSync(versions) && readdirSync(versions).some((it) => existsSync(join(versions, it, 'bin/postgres')))
  )
}

/** @param {string} name */
function findProgram(name) {
  return ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((dir) =>
    existsSync(join(dir, name)),
  )
}

function handOver() {
  const pinned = join(CHECKOUT, `node_modules/node-linux-${process.arch}/bin/node`)
  const isNewEnough = Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_PINNED
  if (!existsSync(pinned) && !isNewEnough) {
    stop(
      `There is no Node ${NODE_MAJOR_PINNED} for this kind of machine (${process.arch}) on npm: install it.`,
    )
  }
  const child = spawn(
    'setpriv', // ends it when we are killed
    [
      '--pdeathsig=TERM',
      existsSync(pinned) ? pinned : process.execPath,
      '--conditions=@waybill/source',
      '--disable-warning=ExperimentalWarning',
      join(CHECKOUT, script),
      ...args,
    ],
    { stdio: 'inherit' },
  )
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name))
  const npm = process.ppid
  setInterval(() => process.ppid !== npm && child.kill('SIGTERM'), 500) // npm was killed and could not tell us
  child.on('error', (error) => stop(`setpriv (util-linux) could not be run: ${error.message}`))
  child.on('exit', (code) => process.exit(code ?? 1))
}

/** @param {string} what */
function begin(what) {
  const since = Date.now()
  console.log(`  installing ${what} …`)
  return () => console.log(`  installed (${Math.round((Date.now() - since) / 1_000)} s)`)
}

/** @param {import('node:child_process').SpawnSyncReturns<string>} result */
function saidBy({ error, stdout, stderr }) {
  return error ? error.message : `${stdout}${stderr}`.trim().split('\n').slice(-15).join('\n')
}

/** @param {string} sentence */
function stop(sentence) {
  console.error(`\n${sentence}`)
  process.exit(1)
}
