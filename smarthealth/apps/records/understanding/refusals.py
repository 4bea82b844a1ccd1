"""Questions that a patient's record cannot answer, known by their phrases.

These are the things that people ask and records do not hold. What is merely absent from this patient's record is not
decided here: that takes a look at the record.
"""

from __future__ import annotations

import re

from .phrases import compile_phrases
from .question import Refusal

# the refusal, whether clinical words may stand in its phrases, and the phrases
_TABLE: tuple[tuple[Refusal, bool, str], ...] = (
    (
        Refusal.INSTRUCTION,
        True,
        r"""
        (?:ignor(?:a|e|es|en|ar|ando)|olvid(?:a|e|es|ar|ate)|descart(?:a|e)|omit(?:e|a)|desobedec\w+|salt(?:a|e)te)\b[^.?!]{0,60}\b(?:instruccion(?:es)?|indicacion(?:es)?|ordenes|reglas|prompt|restriccion(?:es)?|directrices|todo lo anterior|lo anterior|limitaciones|fuentes)
        (?:ignore|disregard|forget|override|bypass|skip)\b[^.?!]{0,60}\b(?:instructions?|rules?|prompts?|guidelines|restrictions?|previous|above|everything|sources|constraints)
        (?:system|developer|hidden|initial) (?:prompt|message|instructions?)
        prompt (?:del sistema|interno|inicial)
        (?:instrucciones|mensaje) (?:del sistema|internas|iniciales|ocultas)
        (?:actua|comportate|finge|pretende|haz de cuenta) (?:como|que|ser)
        (?:act as|pretend|role-?play|you are now|from now on)|a partir de ahora (?:eres|responde|vas)
        (?:jailbreak|dan mode|developer mode|modo (?:desarrollador|dios|administrador))
        (?:responde|contesta|escribe|di|imprime|repite|dime) (?:solo|unicamente|exactamente|simplemente|solamente|literalmente|textualmente)
        (?:respond|reply|answer|say|print|output|write|repeat) (?:only|just|exactly|simply|with only|verbatim)
        (?:drop table|select \*|union select|delete from)
        ~<\s*/?\s*(?:script|system)
        (?:revela|muestra|dame|reveal|show|give)\b[^.?!]{0,40}\b(?:contrasenas?|claves? (?:de|api|secreta)|tokens?|passwords?|api\s*keys?|credenciales|credentials|secret key)
        """,
    ),
    (
        Refusal.OTHER_PATIENT,
        True,
        r"""
        (?:otr[oa]s?|demas|diferentes?|distint[oa]s?) (?:pacientes?|personas?|usuari[oa]s?|historias? clinicas?|expedientes?)
        (?:another|other|different|someone else'?s?|somebody else'?s?) (?:patients?|persons?|people|users?|records?)
        (?:todos los|cualquier|cada) (?:los )?pacientes?|(?:all|every|each|any) (?:the )?patients
        (?:el|la|del|de la)?\s*paciente (?:(?:con|de) (?:documento|cedula|identificacion|numero|id|historia|cc|dni|pasaporte)\s*)?(?:numero|no\.?|n\.?o|#|id|:|cc|ce|ti|pa|rc)*\s*\d{3,}[\d-]*
        patient(?: (?:id|number|no\.?|#))*\s*#?\s*\d{3,}[\d-]*
        (?:cedula|documento|identificacion|pasaporte|document|id) (?:numero |number |no\.?\s*|n\.?o\s*|#)?\d{4,}
        (?:patient|pt) in (?:bed|room)|(?:paciente|pte|px) (?:de|en) (?:la )?(?:cama|habitacion)
        (?:mi|my) (?!(?:paciente|patient|pregunta|question|peso|weight|presion|historia|historial)\b)(?:madre|padre|mama|papa|hij[oa]|herman[oa]|espos[oa]|marido|mujer|abuel[oa]|ti[oa]|prim[oa]|vecin[oa]|amig[oa]|mother|father|mom|dad|son|daughter|brother|sister|wife|husband|friend|neighbou?r|perro|gato|dog|cat|colega)
        """,
    ),
    (
        Refusal.GENERAL,
        False,
        r"""
        cuant[oa]s (?:pacientes|personas|medicos|enfermeras|camas|quirofanos)
        how many (?:patients|people|doctors|nurses|beds|operating rooms|hospitals are)
        number of (?:patients|people|operating rooms|papers|doctors|beds)
        (?:pacientes|patients) (?:con|with|who|que|diagnosed|diagnosticados|mayores|aged|de \d)
        count (?:of |the )?(?:number of )?patients|(?:que|cual(?:es)?) (?:significa|quiere decir|consiste)
        (?:define|definicion|explica(?:me)?|explicar|concepto)|what (?:does|do)\b[^?]*\bmean
        (?:better|worse|safer|stronger) than §|§ (?:es |son )?(?:mejor|peor|mas segur[oa]|mas efectiv[oa]) que~
        metaboli[sz](?:a|ed?|es|ing)|(?:se )?(?:absorbe|elimina|excreta)|(?:absorbed|excreted|eliminated)
        (?:definition|define|explain|meaning)|how (?:does|do)\b[^?]*\bwork
        como (?:funciona|actua|se (?:trata|cura|previene|contagia|transmite|diagnostica|produce))
        mecanismo de accion|mechanism of action
        (?:que|cuales son (?:los|las)|what are the|what) (?:\w+ )?(?:sintomas|symptoms|causas|causes|factores de riesgo|risk factors|complicaciones|complications) (?:\w+ )?(?:de|del|de la|of|produce|provoca|tiene)
        para que (?:sirve|se usa|se utiliza)|what (?:is|are)\b[^?]*\bused (?:for|to)
        (?:efecto|efectos|effects?) (?:del?|of|tiene|does)
        what (?:type|kind) of (?:fast|drug|medicine|insulin)~
        (?:icd|cie|icd-?1[01]|cie-?1[01])|(?:codigo|code)\b[^?]*\b(?:icd|cie|snomed|loinc|rxnorm|cups|atc)
        (?:codigo|code)s? (?:de|del|for|of|that|which)
        gender (?:restrict|limit)\w*~
        (?:restriccion(?:es)?|limitacion(?:es)?) (?:de|por|segun) (?:genero|sexo|edad)
        (?:gender|sex|age)[\s-]+(?:restrict|limit|specific)\w*~
        (?:restricted|limited) (?:by|to|for) (?:gender|sex|age|men|women|males?|females?)~
        for (?:men|women|males|females) only
        (?:from|at|de|desde) (?:what|which|que) (?:age|edad) (?:can|may|is|should|se puede|puede)
        a (?:que|partir de que) edad (?:se puede|puede|es posible|se recomienda)
        (?:articulos?|papers?|estudios cientificos|literatura|publicaciones|research|guidelines?|guias?)
        (?:prevalencia|incidencia|mortalidad|prevalence|incidence|mortality|survival rate|percentile|percentil|tasa de)
        (?:en general|generally|usually|normalmente|suele)\b[^?]*\b(?:se (?:usa|trata|receta)|prescribed|used|treated)
        (?:medicines?|medications?|drugs?|drops|medicamentos?|farmacos?)\b[^?]*\b(?:should|can|could|may|might|would) (?:be|i|you|we|one)
        (?:should|can|could|may|might) (?:be )?(?:prescribed|given|used|administered)
        (?:should not|shouldn't|isn't to|is not to|must not|can't|cannot) be
        for (?:someone|somebody|people|patients)|steps to|pasos a seguir|not to be (?:given|administered)
        prescribed (?:for|to) (?:patients|people|someone)|most (?:prescribed|used|widely)
        """,
    ),
    (
        Refusal.ADVICE,
        False,
        r"""
        ~\bwill (?:the |his |her )?§~
        ~^\W*(?:and )?will\b|how (?:long|many \w+|much longer) will
        ~(?<!\bcuando\s)\bvan? a (?:volver|reaparecer|recaer|[a-z]+(?:ar|er|ir)(?:se|le|lo|la)?)\b
        interaccion(?:es)?|interact(?:s|ions?|ing)?|incompatib\w+|compatib\w+|contraindica\w*
        (?:(?:se )?(?:le|lo|la|les) |se (?:la|lo|le) )?(?:puedo|podemos|pueden?|podria(?:mos|n)?) (?:seguir |volver a )?(?:dar|formular|recetar|poner|suspender|quitar|cambiar|subir|bajar|aumentar|reducir|iniciar|empezar|dejar|mandar|aplicar|administrar|combinar|mezclar|usar|recibir|ponerse|aplicarse|tomarse)(?:le|la|lo|se|selo|sela)?
        (?:se )?(?:le|lo|la) (?:puedo|podemos|puede|pueden) §~
        (?:se )?(?:le|la|lo) (?:subo|bajo|aumento|reduzco|disminuyo|ajusto|suspendo|cambio|inicio|empiezo|dejo|quito|retiro|aplico|agrego|adiciono)\b(?! (?:de |en )?¤)~
        (?:sirve|servira|serviria|funciona|funcionaria|conviene|hace dano|cae mal|le hace)(?= (?:para |con |el |la |a )*§)
        (?:safe|safely|unsafe|harmful|okay|ok|fine|alright|advisable|wise) (?:for (?:him|her|the patient)|to (?:give|take|use|add|combine|continue|stop|start|prescribe|mix|have|be)|with|in|given|together|enough)
        is §[^?]* (?:safe|ok|okay|harmful|dangerous|indicated|appropriate)
        (?:can|could|may|shall|should) (?:i|we) (?:give|start|stop|prescribe|add|use|increase|raise|lower|reduce|switch|continue|combine|order|put)
        (?:can|could|may) (?:s?he|the patient|they) (?:safely |still |also )?(?:take|have|use|tolerate|receive|be (?:given|on|put))
        (?:que|con que|cual)\b[^?]*\b(?:lo|la|le) (?:trato|doy|receto|pongo|mando|formulo)
        (?:se )?(?:puede|podra|podria) (?:volver a )?(?:embaraza(?:r|rse)|tener hijos|operar(?:se)?|viajar|vacunar(?:se)?|hacer(?:se)?|comer|beber)~
        (?:can|could|may|should) (?:s?he|the patient|they) (?:now |safely |still |just )*(?:stop|quit|skip|discontinue|start|restart|resume|switch|double|reduce|increase|come off)\b
        (?:puede|podria|podra) (?:ya |dejar de |volver a )*(?:dejar|suspender|parar|empezar|iniciar|cambiar|reducir|aumentar)\b
        (?:can|could|may) (?:s?he|the patient) (?:get pregnant|have (?:children|surgery)|travel|drink|eat|get)~
        (?:deberia(?:mos|n)?|debo|debemos|convendria|conviene|aconseja(?:s|ble)?|recom(?:ienda|iendas|endarias?|endable|endacion(?:es)?|endado)|sugier(?:e|es|erias?)|que (?:opinas?|piensas?|crees?|harias|me aconsejas)|opinion|puede(?:s)? (?:recetar|diagnosticar|prescribir)|es (?:grave|peligros[oa]|segur[oa]|recomendable|bueno|malo|riesgos[oa])|hay (?:riesgo|peligro)|riesgo (?:de|cardiovascular)|pronostico|esperanza de vida|expectativa de vida|probabilidad(?:es)?|cuanto (?:tiempo )?(?:le queda|va a vivir|vivira)|se (?:le |la |lo )?va(?:n)? a (?:curar|morir|recuperar|quitar|sanar|mejorar|pasar|aliviar)|va a (?:tener|desarrollar|necesitar|empeorar|mejorar|morir)|tendra|necesitara|desarrollara|(?:volver|podr|mejorar|empeorar|curar|sanar|(?:se )?recuperar|sobrevivir|morir|servir|funcionar|responder|progresar)an?|mejor (?:tratamiento|medicamento|opcion|medico|hospital)|diagnostico diferencial|que (?:podria|puede) (?:tener|ser|causar)|dieta|ejercicio(?:s)? (?:recomend|adecuad)|que (?:puede|podria) tomar|puede (?:tomar|comer|beber|hacer|viajar|conducir))
        (?:should|recommend(?:ed|ation|ations)?|advise|advice|advisable|suggest(?:ion|ed)?|your opinion|what do you think|do you think|do you believe|would you|prognosis|life expectancy|(?:how |too |very )?likely(?: to|(?= (?:is|that|it)\b))|likelihood|probability|chances? of|risk of|risk score|at risk|dangerous|is it safe|safe to|will (?:s?he|the patient|they|it|this|there)|going to [a-z]+|best (?:treatment|medicine|medication|drug|option|way)|differential|how (?:do|can|should) (?:i|we) (?:treat|manage|cure|prevent|prepare)|how to\b|precautions?|tips?|prepar(?:e|ation|arse|arme|acion|ar)|diet|can (?:s?he|i|the patient) (?:take|eat|drink|drive|travel|use))
        """,
    ),
    (
        Refusal.NOT_RECORDED,
        True,
        r"""
        (?:efectos?|reacciones?) (?:secundari[oa]s?|advers[oa]s?|colaterales?|indeseables?)~
        side[\s-]+effects?|adverse (?:effects?|reactions?|events?)
        (?:que tan (?:car[oa]|costos[oa]|barat[oa])|(?:es|son) (?:muy )?(?:car[oa]|costos[oa]|barat[oa])s?|how (?:expensive|cheap)|cuanto (?:le |se |les )?(?:cuesta|costo|costaron|cobr(?:o|an?|aron)|vale\b(?! (?:su|el|la) §)|pago|gasto|debe\b(?! [a-z]+[aei]r))|precios?|costos?|costes?|facturas?|facturacion|tarifas?|honorarios|copagos?|seguros?(?: medicos?| de salud)?|aseguradora|eps|poliza|cobertura|saldo|deuda|pagar|price|prices|cost|costs|bill(?:s|ed|ing)?|invoice|charges?|charged|fees?|copay|reimburse\w*|reembols\w*|insurance|insurer|insured|payer|coverage|expensive|how much (?:did|does) (?:it|the|that|this)\b[^?]*\b(?:cost|pay)|paid|pay)
        (?:proxim[oa]s?|siguientes?|pendientes?|futur[oa]s?|programad[oa]s?|agendad[oa]s?)\b[^?]*\b(?:citas?|consultas?|visitas?|controles?|cirugias?|turnos?|procedimientos?|examen(?:es)?|vacunas?|dosis|pruebas?|agenda)
        (?:citas?|consultas?|visitas?|controles?|turnos?|cirugias?|examen(?:es)?|pruebas?|dosis|vacunas?) (?:medicas? )?(?:pendientes?|proxim[oa]s?|futur[oa]s?|programad[oa]s?|agendad[oa]s?|por venir|le (?:falta|toca))~
        (?:agenda|agendar|programar|reservar|reprogramar|cancelar)
        cuando (?:es|sera|tiene|le toca|debe|tendra)\b[^?]*\b(?:proxim|siguiente|volver)~
        le toca|debe (?:volver|regresar)|(?:le )?faltan? (?:alguna|algun|vacuna|por poner|por hacer)\w*|(?:missing|overdue)\b[^?]*\b(?:vaccin\w*|shots?|immuni\w*|screening)
        (?:next|upcoming|future|scheduled|remaining|pending|planned|additional|further|outstanding|earliest available)\b[^?]*\b(?:appointments?|visits?|consultations?|check-?ups?|surger(?:y|ies)|tests?|procedures?|shots?|doses?|vaccin\w*|labs?|schedule|immunology)
        (?:appointments?|tests?) (?:today|tomorrow|left|remaining|scheduled|available|next|coming|in (?:another|other))
        have an? (?:\w+ )?appointments?
        appointments? for (?:a )?(?:procedure|today|tomorrow)~
        (?:schedule|schedules|rounds|booking|book)
        (?:manana|tomorrow|proxim[oa] (?:semana|mes|ano)|next (?:week|month|year))|(?:wait(?:ing)?|delay) times?
        tiempos? de espera
        """,
    ),
    (
        Refusal.NOT_RECORDED,
        False,
        r"""
        (?:genetic[oa]?s?|geneticamente|genoma|genotipo|adn|dna|gen(?:es)?\b|mutacion(?:es)?|mutations?|hereditari[oa]s?|heredad[oa]s?|brca\d?|karyotype|cariotipo|genes?|genome|hereditary|inherited)
        (?:su|del|de la|de su|sus|el|la) (?:tutor(?:a)?|acompanante|cuidador(?:a)?)
        (?:his|her|their|the patient'?s|patient'?s) (?:guardian|companion|caregiver)
        (?:guardian|companion|hermanos|hijos|siblings|children)
        (?:consentimiento|consent)|(?:cuarentena|quarantine)
        (?:color (?:favorito|de (?:ojos|pelo|cabello))|religion|religios[oa]s?|creencias?|pasatiempos?|hobb(?:y|ies)|favou?rite|favorit[oa]s?|comida|mascotas?|pets?|signo zodiacal|zodiac|salario|sueldo|salary|income|ingresos (?:economicos|mensuales)|empleador|employer|orientacion sexual|eye colou?r|hair colou?r)
        (?:satisfech[oa]|satisfaccion|satisf(?:ied|action)|como se siente|how (?:does|is) (?:s?he|the patient) feel(?:ing)?|feelings?|sentimientos|estado de animo|mood|quej(?:as|o)|complaints? about|amable|friendly|buen medico|good doctor)
        (?:operating rooms?|(?:que|cual|cuantos|en que|numero de) quirofanos?|quirofanos? (?:libres?|disponibles?)|camas? disponibles|available beds|ward id|numero de (?:habitacion|cama)|room number|bed number)
        (?:(?:an)?other|different|otr[oa]s?|distint[oa]s?) (?:medical )?(?:departments?|departamentos?|servicios?|hospital(?:s|es)?|institucion(?:es)?)
        (?:\w+ology|procedure) department|scheduled (?:to|for|today)
        departamento de (?!urgenc|emerg)\w+~
        copy of|copia de|(?:travel(?:l?ed|l?ing|s)?|viaj(?:es?|o|ado|ar)|overseas|extranjero)
        discharge documents~
        documents are required~
        documentos (?:necesarios|requeridos)
        (?:lote|fabricante|numero de lote|lot number|manufacturer|batch|marca de la vacuna)
        (?:disinfection|desinfeccion|sterili[sz]ation of)
        """,
    ),
    (
        Refusal.OFF_TOPIC,
        True,
        r"""
        ~^\s*(?:hola|buen[oa]s?(?: (?:dias|tardes|noches))?|hey|hi|hello|good (?:morning|afternoon|evening)|gracias|muchas gracias|thanks?(?: you)?|ok|okay|vale|adios|chao|bye|que tal|como (?:estas|te llamas|te va)|how are you|que mas)\s*[!.?,]*\s*$~
        (?:chistes?|jokes?|poemas?|poems?|cancion(?:es)?|songs?|recetas? (?:de cocina|para (?:cocinar|preparar|hacer))|cocin(?:a|ar)|cook|recipe|pelicula|movie|futbol|football|soccer|mundial|world cup|partido de|clima|weather|lluvia|llueve|rain|temperatura (?:hace|hara|en (?:la ciudad|bogota))|capital (?:de|of)|presidente?|president of|elecciones|elections?|bolsa de valores|stock|bitcoin|criptomonedas?|dolar|horoscopo|horoscope|traduce|traducir|translate|programa(?:r)? en|codigo (?:python|en \w+|java)|python|javascript|escribe(?:me)? un|write (?:me )?an?|cuentame (?:un|algo|una)|tell me a|quien (?:eres|te (?:creo|hizo|programo)|gano|descubrio|invento|escribio|pinto)|who (?:are you|made you|created you|won|discovered|invented|wrote(?! (?:the |his |her |this |that |up )*(?:\w+ )?(?:note|report|summary|letter|record|prescription|history|consult))|painted)|que hora es|what time is it|que dia es hoy|eres (?:un|una|humano|real|robot)|are you (?:a|an|human|real)|sentido de la vida|meaning of life|cuanto es \d|what is \d+\s*[-+*x/]|\b\d+\s*(?:[+*x]|\s/\s)\s*\d+\s*=?\s*\??$|\bcuanto (?:es|son) \d+ (?:por|mas|menos|entre)\b|\bwhat is \d+ (?:times|plus|minus|divided)\b|restaurantes?|hotel(?:es)?|vuelos?|flights?|musica|music|videojuegos?|netflix|noticias|news)
        """,
    ),
)
REFUSAL_PATTERNS = tuple(phrases for _, _, phrases in _TABLE)
"""The phrases of the table."""
_COMPILED = tuple((refusal, anywhere, compile_phrases(phrases)) for refusal, anywhere, phrases in _TABLE)


_OF_THE_RECORD = compile_phrases(
    r"""
    (?:recomend|aconsej|sugir|indic)(?:o|aron|ieron|aba|aban)|(?:se|fue|habia|habian|han|ha) (?:le )?(?:recomendad[oa]|aconsejad[oa]|sugerid[oa])
    (?:recomendaciones|recomendacion|consejos?|sugerencias?|indicaciones|instrucciones) (?:(?:medicas?|dadas?|previas?|anteriores|registrad[oa]s|escrit[oa]s) )*(?:(?:que )?(?:se )?(?:(?:le|les|me) )?(?:dio|dieron|hizo|hicieron|dejo|dejaron|dijo|dijeron|figuran|constan|hay|escribio)|del? (?:su |la |el |los )?(?:(?:ultim[oa]s?|primer[oa]?) )?(?:medic|doctor|nota|consulta|visita|alta|epicrisis|control|profesional)|(?:en|al|segun|dadas?|registradas?|escritas?)\b|$|\s*[?.])~
    ~^\W*(?:(?:cuales|que) (?:son|fueron|eran) )?(?:las |sus )?recomendaciones\W*$~
    (?:did|has|have|had) (?:the |his |her |any )?(?:doctors?|physicians?|providers?|clinicians?|notes?|[a-z]+) (?:recommend(?:ed)?|advised?|suggest(?:ed)?)
    (?:was|were|has|had) (?:an? |any |the )?(?:§+|surgery|operation|treatment|therapy|testing|physiotherapy|it) (?:ever |been )*(?:recommended|advised|suggested|offered|indicated)
    (?:was|were|been|is|are) (?:s?he |the patient |they |there )?(?:any(?:thing)? )?(?:advised|recommended|counsell?ed|instructed|told)
    (?:recommendations?|advice) on file|(?:ultim[oa]s?|latest|last|most recent) (?:recomendacion(?:es)?|recommendations?|advice)
    (?:recomendacion(?:es)?|consejos?) (?:medic[oa]s? )?(?:mas recientes?|anterior(?:es)?)
    (?:recommendations?|advice|instructions|suggestions?) (?:(?:recorded|documented|written|noted|previously) )*(?:(?:was|were|that|which) )*(?:given|made|noted|recorded|documented|written|in|from|at|on discharge|by|of the (?:doctor|note|visit|last))\b~
    (?:doctor|physician|provider|clinician)'?s? (?:recommendations?|advice|instructions?)
    """
)
"""Advice that somebody gave and wrote down: that is a matter of the record."""
_OF_THE_FUTURE = compile_phrases(
    r"""
    (?:me|nos) (?:recomiendas?|aconsejas?|sugieres)|deberia\w*|should|do you|would you|your
    """
)


def asks_for_recorded_advice(folded: str) -> bool:
    """Whether the advice is asked for that the record says was given, none of ours."""
    return _OF_THE_RECORD.search(folded) is not None and _OF_THE_FUTURE.search(folded) is None


_PRETERITE = re.compile(r"\w+ó(?!\w)")
_OF_SOMEBODY = re.compile(r"\bquien(?:es)?\s+(?:se\s+)?(?:(?:le|les|la|lo|las|los)\s+)?(\w+o)\b")


def without_deeds(text: str, written: str) -> str:
    """A folded text without the verbs that tell what somebody did: `quién le aplicó` asks nobody whether to do it.

    Args:
        text: Folded, or covered, letter for letter as long as `written`.
        written: As it was written: its accents tell `aplicó` from `aplico`.
    """
    told = [match.span() for match in _PRETERITE.finditer(written.lower())]
    told += [match.span(1) for match in _OF_SOMEBODY.finditer(text)]
    for start, end in told:
        text = text[:start] + "~" * (end - start) + text[end:]
    return text


def find_refusal(folded: str, visible: str, written: str = "") -> Refusal | None:
    """Find why a question cannot be answered from a record, by its phrases.

    Args:
        folded: The folded text.
        visible: The same with its concepts and times covered.
        written: The text as it was written, where that is at hand.
    """
    undone = without_deeds(visible, written)
    for refusal, anywhere, pattern in _COMPILED:
        if pattern.search(folded if anywhere else undone if refusal is Refusal.ADVICE else visible):
            is_recorded = refusal is Refusal.ADVICE and asks_for_recorded_advice(folded)
            return None if is_recorded else refusal
    return None
