// What a place is, as drivers say it in three languages. Normalised words.
const KINDS: readonly ReadonlySet<string>[] = [
  'restaurant restaurante diner taqueria pizzeria pizzaria churrascaria lanchonete',
  'pharmacy farmacia drugstore botica drogaria',
  'bakery padaria panaderia pasteleria confeitaria',
  'books bookstore bookshop livraria libreria',
  'clinic clinica doctor consultorio',
  'hospital hospitals',
  'school escola escuela colegio',
  'hotel hoteis hostal pousada',
  'mall shopping plaza',
  'airport aeroporto aeropuerto terminal',
  'workshop garage mechanic oficina taller',
  'hardware ferreteria ferragens ferragem',
  'cafe coffee cafeteria',
  'office escritorio oficinas corp',
  'warehouse deposito almacen bodega armazem galpao',
  'supermarket supermercado mercado grocery market',
  'bank banco',
  'gym academia gimnasio sports',
  'church igreja iglesia',
].map((words) => new Set(words.split(' ')))

/** Other words for the same kind of place: "the restaurant" is a restaurante. */
export function kindsIn(words: readonly string[]): ReadonlySet<string>[] {
  return KINDS.filter((kind) => words.some((word) => kind.has(word)))
}
