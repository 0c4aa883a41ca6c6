import { type AuditProblem, checkAudit } from '@waybill/database'
import pg from 'pg'

export const AUDIT_HELP = `audit verify                whether anything in the audit was changed, removed or put in later
  --expect LINK              and whether a link that was written down elsewhere is still part of it`

const PROBLEMS: Readonly<Record<AuditProblem, string>> = {
  missing: 'a link before it was removed',
  link: 'its link was changed, or the one before it',
  gone: 'was removed',
  changed: 'was changed',
  erased: 'was emptied, and no erasure is on record',
  late: 'has a time from long before it was there',
  unlinked: 'was put in without a link',
}
const SHOWN_MAX = 20

type Say = (line: string) => void

/** The exit code: 0 all is as it was, 1 something is not, 2 not a command. */
export async function auditCommand(
  args: readonly string[],
  databaseUrl: () => string,
  say: Say = (line) => console.log(line),
): Promise<number> {
  const [command, option, expected, ...rest] = args
  const isVerify = command === 'verify' && rest.length === 0
  if (!isVerify || (option !== undefined && (option !== '--expect' || expected === undefined))) return 2

  const client = new pg.Client({ connectionString: databaseUrl() })
  await client.connect()
  try {
    const { days, problems, unsealed } = await checkAudit(client)
    for (const { day, rows, erased, lastLink } of days) {
      say(`${day}  ${rows} rows${erased > 0 ? `, ${erased} of them erased` : ''}, last link ${lastLink}`)
    }
    const isKept = expected === undefined || (await hasLink(client, expected))
    for (const { auditId, problem } of problems.slice(0, SHOWN_MAX))
      say(`row ${auditId} ${PROBLEMS[problem]}`)
    if (problems.length > SHOWN_MAX) say(`… and ${problems.length - SHOWN_MAX} more`)
    if (!isKept) say(`${expected} is no link of the chain: its end was cut off, or all of it was made anew`)
    if (unsealed > 0) say(`${unsealed} rows are newer than the last sealing`)
    say(problems.length === 0 && isKept ? 'nothing was changed' : 'the audit is not what it was')
    return problems.length === 0 && isKept ? 0 : 1
  } finally {
    await client.end()
  }
}

async function hasLink(client: pg.Client, link: string): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/.test(link)) throw new Error('A link is 64 hexadecimal digits, as verify prints them.')
  const { rowCount } = await client.query('SELECT 1 FROM audit_links WHERE link = $1', [
    Buffer.from(link, 'hex'),
  ])
  return rowCount === 1
}
