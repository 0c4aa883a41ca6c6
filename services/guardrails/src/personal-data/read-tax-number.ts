import { stdnum } from 'stdnum'
import type { NumberRun } from './number-run.ts'
import type { Reading } from './rule.ts'

/** Brazil's CPF and CNPJ and the United States' SSN, which are known by how they are written or by check digits. */
export const readTaxNumber = ({ text, digits, topic, isDirect }: NumberRun): Reading | undefined => {
  if (/^\d{3}\.\d{3}\.\d{3}-\d{2}$/.test(text)) return { score: isCpf(digits) ? 0.98 : 0.9 }
  if (/^\d{2}\.\d{3}\.\d{3}\/\d{4}-\d{2}$/.test(text)) return { score: isCnpj(digits) ? 0.98 : 0.9 }
  if (topic === 'work' || topic === 'phone') return
  // https://www.ssa.gov/employer/randomization.html: what can't have been given out.
  if (/^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(text) && !isDirect) return { score: 0.85 }
  if (/^\d{9}-?\d{2}$/.test(text) && isCpf(digits)) return { score: 0.6 }
  if (/^\d{8}\/?\d{4}-?\d{2}$/.test(text) && isCnpj(digits)) return { score: 0.6 }
}

const isCpf = (digits: string) => stdnum.BR?.cpf?.validate(digits).isValid === true
const isCnpj = (digits: string) => stdnum.BR?.cnpj?.validate(digits).isValid === true
