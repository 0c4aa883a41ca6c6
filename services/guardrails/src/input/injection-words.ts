/** What words in an attack do. A word ending in `*` stands for all that begin so. Normalised: lower case, no accents. */
export const INJECTION_WORDS = {
  /** Sets instructions aside. */
  override:
    'ignor* disregard* forget* overrid* bypass* neglect* desconsider* esquec* olvid* descart* omit* desobede* vergiss* vergessen missacht* oubli* ignorez dimentic* scord* trascur* bhool* bhul* nazarandaz* negeer* vergeet zaborav* skip* igno забуд* игнорир*',
  /** What an assistant has been told. */
  instructions:
    'instruction* instruct* instruc* istruzion* anweisung* instruktion* consign* rule* regra* regla* regel* regol* guideline* diretriz* directri* directiv* directive* richtlinie* restric* restrict* restrizion* einschrankung* policies orientac* indicacion* prompt* nirdesh niyam инструкц* правил* command* comand* befehl* aufgaben assignments programming programmierung programming',
  /** Which of them. */
  earlier:
    'previous* prior earlier above preceding before foregoing initial original* existing anterior* previa* previo* arriba acima prece* vorherig* vorig* obig* bisherig* precedent* precedenti dessus pehle pehli purane purani pichle pichli hitherto',
  all: 'все всі all any every everything todas todos tudo todo cualquier* qualquer quaisquer alle alles saemtlich* samtlich* toutes tous tutte tutti tutto sab sabhi saare',
  your: 'your you tua tuas teu seu seus sua suas tu tus te deine* deinen ihre* votre vos tes ton tuoi tue apne apni tere tumhare aapke',
  /** Makes something visible. */
  reveal:
    'reveal* show* print* output* display* repeat* tell give list share leak* expose* dump* disclose* extract* encode* translate* summari* write what send recite mostr* revel* imprim* repit* repet* diga dime dame dame* muestr* ensen* mande manda mandame envi* traduz* traduc* resum* zeig* gib nenn* verrat* wiederhol* montre* donne* affiche* repete* dis mostra* dimmi rivel* stampa* batao dikhao dikha bata do',
  prompt: 'prompt* systemprompt sysprompt promt',
  system:
    'system* sistema systeme hidden secret* initial* original developer* internal* ocult* inicial* verborgen* geheim* cache* starting',
  secret:
    'password* passwords senha* contrasena* passwort* passworter credential* token* apikey secret* chave clave* mot-de-passe',
  /** A change of who speaks. */
  become:
    'act pretend* roleplay* role-play impersonat* simulat* behave* become imagine* aja finja finge* comport* atue actua* hazte imagin* tu-es agis fais handel* verhalte* spiel* stell fingi agisci ban',
  now: 'now henceforth onwards agora ahora jetzt maintenant adesso ora ab',
  be: 'you-are are be bist sei es eres sera seras voce sois sei ser es',
  persona:
    'dispatcher* despachante* despachador* dan unrestricted unfiltered uncensored jailbroken jailbreak* ai-without hacker* evil amoral unethical stan dude aim chatgpt gpt* llm chatbot* root superuser admin administra* developer desarrollador* desenvolvedor* desenvolvedora entwickler* sem-restricoes ki ia ai',
  without: 'without no sem sin ohne sans senza bina not',
  limits:
    'restriction* restric* restrict* limit* filter* filtro* filtre* censor* censur* zensur ethic* etic* moral* polic* guideline* rules safety guardrail* beschrankung* einschrankung*',
  mode: 'mode modo modus modalita',
  special:
    'developer debug god admin* sudo dan jailbreak maintenance root desenvolvedor desarrollador deus dios depuracao depuracion mantenimiento manutencao unrestricted unfiltered',
  enable:
    'enable* activat* enter* switch* turn ative ativa* activa* entra* entre mude cambia* aktivier* schalte active* attiva* enabled',
  others:
    'other others another everyone everybody outro outros outra outras otro otros otra otras ander* autre* altri altro demais demas every all each todos',
  people:
    'driver* drivers motorista* conductor* conductores chofer* repartidor* entregador* customer* client* clientes user* users usuario* fahrer* kunden chauffeur* utente* utenti employee*',
  data: 'order* pedido* phone* telefon* telephone* number* numero* route* rota* ruta* address* endereco* direccion* password* senha* contrasena* message* mensage* mensaje* data dados datos list* location*',
  tool: 'confirm_order accept_route decline_route get_orders get_order_details get_next_order report_status answer_question request_human set_language attach_proof driver_id tool_calls',
} as const satisfies Readonly<Record<string, string>>

export type Role = keyof typeof INJECTION_WORDS

/** Roles that must stand within so many words of each other, and how sure it is then that this is an attack. */
export const INJECTION_RULES: readonly {
  kind: string
  roles: readonly Role[]
  within: number
  score: number
}[] = [
  { kind: 'override', roles: ['override', 'instructions', 'earlier'], within: 8, score: 0.99 },
  { kind: 'override', roles: ['override', 'instructions', 'your'], within: 6, score: 0.96 },
  { kind: 'override', roles: ['override', 'instructions', 'all'], within: 6, score: 0.96 },
  { kind: 'prompt_extraction', roles: ['reveal', 'prompt', 'system'], within: 8, score: 0.99 },
  { kind: 'prompt_extraction', roles: ['reveal', 'prompt', 'your'], within: 6, score: 0.97 },
  { kind: 'prompt_extraction', roles: ['reveal', 'instructions', 'system', 'your'], within: 7, score: 0.97 },
  { kind: 'prompt_extraction', roles: ['reveal', 'your', 'secret'], within: 6, score: 0.95 },
  { kind: 'role_play', roles: ['become', 'persona', 'without', 'limits'], within: 14, score: 0.99 },
  { kind: 'role_play', roles: ['become', 'now', 'persona'], within: 10, score: 0.96 },
  { kind: 'role_play', roles: ['become', 'persona'], within: 4, score: 0.93 },
  { kind: 'role_play', roles: ['now', 'be', 'persona'], within: 6, score: 0.95 },
  { kind: 'special_mode', roles: ['special', 'mode', 'enable'], within: 5, score: 0.97 },
  { kind: 'special_mode', roles: ['special', 'mode'], within: 2, score: 0.94 },
  { kind: 'others_data', roles: ['reveal', 'others', 'people', 'data'], within: 7, score: 0.94 },
  { kind: 'tool_internals', roles: ['tool'], within: 1, score: 0.94 },
]
