import { writeFileSync } from 'node:fs'
import { billOfMaterials } from './bill-of-materials.ts'

const [service, file] = process.argv.slice(2)
if (service === undefined || file === undefined) {
  console.error('npm run sbom -- SERVICE|all FILE     as in: npm run sbom -- all sbom.cdx.json')
  process.exit(1)
}
const bill = billOfMaterials(service === 'all' ? undefined : service)
writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`)
console.log(`${bill.components.length} components are in ${file}`)
