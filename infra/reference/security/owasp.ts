import type { ControlId } from './controls.ts'
import type { PromiseId } from './threats.ts'

export type Risk = { name: string; by: readonly (ControlId | PromiseId)[]; note?: string }

/** https://owasp.org/API-Security/editions/2023/en/0x11-t10 */
export const API_RISKS: readonly Risk[] = [
  { name: 'API1:2023 Broken Object Level Authorization', by: ['S7', 'S8', 'S31', 'P7'] },
  { name: 'API2:2023 Broken Authentication', by: ['S1', 'S2', 'S3', 'S20', 'S33'] },
  { name: 'API3:2023 Broken Object Property Level Authorization', by: ['S7', 'S12'] },
  { name: 'API4:2023 Unrestricted Resource Consumption', by: ['S6', 'S13', 'S14'] },
  { name: 'API5:2023 Broken Function Level Authorization', by: ['S20', 'S21'] },
  { name: 'API6:2023 Unrestricted Access to Sensitive Business Flows', by: ['S9', 'S14', 'S34'] },
  { name: 'API7:2023 Server Side Request Forgery', by: ['S15'] },
  { name: 'API8:2023 Security Misconfiguration', by: ['S17', 'S22', 'S28', 'S29', 'S30'] },
  { name: 'API9:2023 Improper Inventory Management', by: ['S21', 'S35'] },
  { name: 'API10:2023 Unsafe Consumption of APIs', by: ['S26'] },
]

/** OWASP Top 10 for LLM Applications 2026, with the numbers of 2025. */
export const LLM_RISKS: readonly Risk[] = [
  { name: 'LLM01:2026 Prompt Injection (2025: 01)', by: ['S10'] },
  { name: 'LLM02:2026 Sensitive Information Disclosure (2025: 02)', by: ['S11', 'S18', 'P7', 'P8'] },
  { name: 'LLM03:2026 Excessive Agency (2025: 06)', by: ['S7', 'S9', 'P6'] },
  { name: 'LLM04:2026 Supply Chain (2025: 03)', by: ['S27'] },
  {
    name: 'LLM05:2026 Data and Model Poisoning (2025: 04)',
    by: ['S27', 'S19'],
    note: 'nothing is learnt from what drivers write; the classifiers are trained from files in the repository, and the weights are reproduced by a test',
  },
  { name: 'LLM06:2026 Unbounded Consumption (2025: 10)', by: ['S13', 'S14'] },
  { name: 'LLM07:2026 Misinformation (2025: 09)', by: ['P8'] },
  { name: 'LLM08:2026 Hidden Context Exposure (2025: 07)', by: ['S11'] },
  {
    name: 'LLM09:2026 Vector and Embedding Weaknesses (2025: 08)',
    by: [],
    note: 'does not apply: there are no embeddings; questions are found by words in PostgreSQL',
  },
  { name: 'LLM10:2026 Improper Output Handling (2025: 05)', by: ['S12'] },
]
