"""Questions that a patient's record cannot answer, known by their phrases.

These are the things that people ask and records do not hold. What is merely absent from this patient's record is not
decided here: that takes a look at the record.
"""

from __future__ import annotations

import re

from .question import Refusal

# the refusal, whether clinical words may stand in its phrases, and the phrases
_TABLE: tuple[tuple[Refusal, bool, str], ...] = (
    (
        Refusal.INSTRUCTION,
        True,
        r"\b(?:ignor(?:a|e|es|en|ar|ando)|olvid(?:a|e|es|ar|ate)|descart(?:a|e)|omit(?:e|a)|desobedec\w+|salt(?:a|e)te)\b[^.?!]{0,60}\b(?:instruccion(?:es)?|indicacion(?:es)?|ordenes|reglas|prompt|restriccion(?:es)?|directrices|todo\s+lo\s+anterior|lo\s+anterior|limitaciones|fuentes)\b|"
        r"\b(?:ignore|disregard|forget|override|bypass|skip)\b[^.?!]{0,60}\b(?:instructions?|rules?|prompts?|guidelines|restrictions?|previous|above|everything|sources|constraints)\b|"
        r"\b(?:system|developer|hidden|initial)\s+(?:prompt|message|instructions?)\b|\bprompt\s+(?:del\s+sistema|interno|inicial)\b|\b(?:instrucciones|mensaje)\s+(?:del\s+sistema|internas|iniciales|ocultas)\b|"
        r"\b(?:actua|comportate|finge|pretende|haz\s+de\s+cuenta)\s+(?:como|que|ser)\b|\b(?:act\s+as|pretend|role-?play|you\s+are\s+now|from\s+now\s+on)\b|\ba\s+partir\s+de\s+ahora\s+(?:eres|responde|vas)\b|\b(?:jailbreak|dan\s+mode|developer\s+mode|modo\s+(?:desarrollador|dios|administrador))\b|"
        r"\b(?:responde|contesta|escribe|di|imprime|repite|dime)\s+(?:solo|unicamente|exactamente|simplemente|solamente|literalmente|textualmente)\b|\b(?:respond|reply|answer|say|print|output|write|repeat)\s+(?:only|just|exactly|simply|with\s+only|verbatim)\b|"
        r"\b(?:drop\s+table|select\s+\*|union\s+select|delete\s+from)\b|<\s*/?\s*(?:script|system)\b|\b(?:revela|muestra|dame|reveal|show|give)\b[^.?!]{0,40}\b(?:contrasenas?|claves?\s+(?:de|api|secreta)|tokens?|passwords?|api\s*keys?|credenciales|credentials|secret\s+key)\b",
    ),
    (
        Refusal.OTHER_PATIENT,
        True,
        r"\b(?:otr[oa]s?|demas|diferentes?|distint[oa]s?)\s+(?:pacientes?|personas?|usuari[oa]s?|historias?\s+clinicas?|expedientes?)\b|\b(?:another|other|different|someone\s+else'?s?|somebody\s+else'?s?)\s+(?:patients?|persons?|people|users?|records?)\b|"
        r"\b(?:todos\s+los|cualquier|cada)\s+(?:los\s+)?pacientes?\b|\b(?:all|every|each|any)\s+(?:the\s+)?patients\b|\b(?:el|la|del|de\s+la)?\s*paciente\s+(?:(?:con|de)\s+(?:documento|cedula|identificacion|numero|id|historia|cc|dni|pasaporte)\s*)?(?:numero|no\.?|n\.?o|#|id|:|cc|ce|ti|pa|rc)*\s*\d{3,}[\d-]*\b|\bpatient(?:\s+(?:id|number|no\.?|#))*\s*#?\s*\d{3,}[\d-]*\b|"
        r"\b(?:cedula|documento|identificacion|pasaporte|document|id)\s+(?:numero\s+|number\s+|no\.?\s*|n\.?o\s*|#)?\d{4,}\b|\bpatient\s+in\s+(?:bed|room)\b|\bpaciente\s+de\s+la\s+(?:cama|habitacion)\b|\b(?:mi|my)\s+(?!(?:paciente|patient|pregunta|question|peso|weight|presion|historia|historial)\b)(?:madre|padre|mama|papa|hij[oa]|herman[oa]|espos[oa]|marido|mujer|abuel[oa]|ti[oa]|prim[oa]|vecin[oa]|amig[oa]|mother|father|mom|dad|son|daughter|brother|sister|wife|husband|friend|neighbou?r|perro|gato|dog|cat|colega)\b",
    ),
    (
        Refusal.GENERAL,
        False,
        r"\bcuant[oa]s\s+(?:pacientes|personas|medicos|enfermeras|camas|quirofanos)\b|\bhow\s+many\s+(?:patients|people|doctors|nurses|beds|operating\s+rooms|hospitals\s+are)\b|\bnumber\s+of\s+(?:patients|people|operating\s+rooms|papers|doctors|beds)\b|\b(?:pacientes|patients)\s+(?:con|with|who|que|diagnosed|diagnosticados|mayores|aged|de\s+\d)\b|\bcount\s+(?:of\s+|the\s+)?(?:number\s+of\s+)?patients\b|"
        r"\b(?:que|cual(?:es)?)\s+(?:significa|quiere\s+decir|consiste)\b|\b(?:define|definicion|explica(?:me)?|explicar|concepto)\b|\bwhat\s+(?:does|do)\b[^?]*\bmean\b|\b(?:definition|define|explain|meaning)\b|\bhow\s+(?:does|do)\b[^?]*\bwork\b|\bcomo\s+(?:funciona|actua|se\s+(?:trata|cura|previene|contagia|transmite|diagnostica|produce|administra))\b|\bmecanismo\s+de\s+accion\b|\bmechanism\s+of\s+action\b|"
        r"\b(?:que|cuales\s+son\s+(?:los|las)|what\s+are\s+the|what)\s+(?:\w+\s+)?(?:sintomas|symptoms|causas|causes|factores\s+de\s+riesgo|risk\s+factors|complicaciones|complications)\s+(?:\w+\s+)?(?:de|del|de\s+la|of|produce|provoca|tiene)\b|\bpara\s+que\s+(?:sirve|se\s+usa|se\s+utiliza)\b|\bwhat\s+(?:is|are)\b[^?]*\bused\s+(?:for|to)\b|\b(?:efecto|efectos|effects?)\s+(?:del?|of|tiene|does)\b|\bwhat\s+(?:type|kind)\s+of\s+(?:fast|drug|medicine|insulin)|"
        r"\b(?:icd|cie|icd-?1[01]|cie-?1[01])\b|\b(?:codigo|code)\b[^?]*\b(?:icd|cie|snomed|loinc|rxnorm|cups|atc)\b|\b(?:codigo|code)s?\s+(?:de|del|for|of|that|which)\b|\bgender\s+(?:restrict|limit)\w*|\b(?:restriccion(?:es)?|limitacion(?:es)?)\s+(?:de|por|segun)\s+(?:genero|sexo|edad)\b|\b(?:gender|sex|age)[\s-]+(?:restrict|limit|specific)\w*|\b(?:restricted|limited)\s+(?:by|to|for)\s+(?:gender|sex|age|men|women|males?|females?)|\bfor\s+(?:men|women|males|females)\s+only\b|"
        r"\b(?:from|at|de|desde)\s+(?:what|which|que)\s+(?:age|edad)\s+(?:can|may|is|should|se\s+puede|puede)\b|\ba\s+(?:que|partir\s+de\s+que)\s+edad\s+(?:se\s+puede|puede|es\s+posible|se\s+recomienda)\b|\b(?:articulos?|papers?|estudios\s+cientificos|literatura|publicaciones|research|guidelines?|guias?\s+clinicas?)\b|\b(?:prevalencia|incidencia|mortalidad|prevalence|incidence|mortality|survival\s+rate|percentile|percentil|tasa\s+de)\b|\b(?:en\s+general|generally|usually|normalmente|suele)\b[^?]*\b(?:se\s+(?:usa|trata|receta)|prescribed|used|treated)\b|"
        r"\b(?:medicines?|medications?|drugs?|drops|medicamentos?|farmacos?)\b[^?]*\b(?:should|can|could|may|might|would)\s+(?:be|i|you|we|one)\b|\b(?:should|can|could|may|might)\s+(?:be\s+)?(?:prescribed|given|used|administered)\b|\b(?:should\s+not|shouldn't|isn't\s+to|is\s+not\s+to|must\s+not|can't|cannot)\s+be\b|\bfor\s+(?:someone|somebody|people|patients)\b|\bsteps\s+to\b|\bpasos\s+a\s+seguir\b|\bnot\s+to\s+be\s+(?:given|administered)\b|\bprescribed\s+(?:for|to)\s+(?:patients|people|someone)\b|\bmost\s+(?:prescribed|used|widely)\b",
    ),
    (
        Refusal.ADVICE,
        False,
        r"\b(?:deberia(?:mos|n)?|debo|debemos|convendria|conviene|aconseja(?:s|ble)?|recom(?:ienda|iendas|endarias?|endable|endacion(?:es)?|endado)|sugier(?:e|es|erias?)|que\s+(?:opinas?|piensas?|crees?|harias|me\s+aconsejas)|opinion|puede(?:s)?\s+(?:recetar|diagnosticar|prescribir)|es\s+(?:grave|peligros[oa]|segur[oa]|recomendable|bueno|malo|riesgos[oa])|hay\s+(?:riesgo|peligro)|riesgo\s+(?:de|cardiovascular)|pronostico|esperanza\s+de\s+vida|expectativa\s+de\s+vida|probabilidad(?:es)?|cuanto\s+(?:tiempo\s+)?(?:le\s+queda|va\s+a\s+vivir|vivira)|se\s+va\s+a\s+(?:curar|morir|recuperar)|va\s+a\s+(?:tener|desarrollar|necesitar|empeorar|mejorar|morir)|tendra|necesitara|desarrollara|mejor\s+(?:tratamiento|medicamento|opcion|medico|hospital)|diagnostico\s+diferencial|que\s+(?:podria|puede)\s+(?:tener|ser|causar)|dieta|ejercicio(?:s)?\s+(?:recomend|adecuad)|que\s+(?:puede|podria)\s+tomar|puede\s+(?:tomar|comer|beber|hacer|viajar|conducir))\b|"
        r"\b(?:should|recommend(?:ed|ation|ations)?|advise|advice|advisable|suggest(?:ion|ed)?|your\s+opinion|what\s+do\s+you\s+think|do\s+you\s+think|do\s+you\s+believe|would\s+you|prognosis|life\s+expectancy|likely\s+to|likelihood|probability|chances?\s+of|risk\s+of|risk\s+score|at\s+risk|dangerous|is\s+it\s+safe|safe\s+to|will\s+(?:s?he|the\s+patient|they|it|this|there|(?:the\s+|his\s+|her\s+)?§)|going\s+to\s+[a-z]+|best\s+(?:treatment|medicine|medication|drug|option|way)|differential|how\s+(?:do|can|should)\s+(?:i|we)\s+(?:treat|manage|cure|prevent|prepare)|how\s+to\b|precautions?|tips?|prepar(?:e|ation|arse|arme|acion|ar)|diet|can\s+(?:s?he|i|the\s+patient)\s+(?:take|eat|drink|drive|travel|use))\b",
    ),
    (
        Refusal.NOT_RECORDED,
        True,
        r"\b(?:efectos?|reacciones?)\s+(?:secundari[oa]s?|advers[oa]s?|colaterales?|indeseables?)|\bside[\s-]+effects?\b|\badverse\s+(?:effects?|reactions?|events?)\b|\binteraccion(?:es)?\b|\binteract(?:s|ions?|ing)?\b|\bcontraindica\w*|"
        r"\b(?:cuanto\s+(?:cuesta|costo|costaron|cobra(?:n|ron)?|vale\b(?!\s+(?:su|el|la)\s+§)|pago|gasto|debe)|precios?|costos?|costes?|facturas?|facturacion|tarifas?|honorarios|copagos?|seguros?(?:\s+medicos?|\s+de\s+salud)?|aseguradora|eps|poliza|cobertura|saldo|deuda|pagar|price|prices|cost|costs|bill(?:s|ed|ing)?|invoice|charges?|charged|fees?|copay|reimburse\w*|reembols\w*|insurance|insurer|insured|payer|coverage|expensive|how\s+much\s+(?:did|does)\s+(?:it|the|that|this)\b[^?]*\b(?:cost|pay)|paid|pay)\b|"
        r"\b(?:proxim[oa]s?|siguientes?|pendientes?|futur[oa]s?|programad[oa]s?|agendad[oa]s?)\b[^?]*\b(?:citas?|consultas?|visitas?|controles?|cirugias?|turnos?|procedimientos?|examen(?:es)?|vacunas?|dosis|pruebas?|agenda)\b|\b(?:citas?|consultas?|visitas?|controles?|turnos?|cirugias?|examen(?:es)?|pruebas?|dosis|vacunas?)\s+(?:medicas?\s+)?(?:pendientes?|proxim[oa]s?|futur[oa]s?|programad[oa]s?|agendad[oa]s?|por\s+venir|le\s+(?:falta|toca))|\b(?:agenda|agendar|programar|reservar|reprogramar|cancelar)\b|\bcuando\s+(?:es|sera|tiene|le\s+toca|debe|tendra)\b[^?]*\b(?:proxim|siguiente|volver)|\ble\s+toca\b|\bdebe\s+(?:volver|regresar)\b|"
        r"\b(?:next|upcoming|future|scheduled|remaining|pending|planned|additional|further|outstanding|earliest\s+available)\b[^?]*\b(?:appointments?|visits?|consultations?|check-?ups?|surger(?:y|ies)|tests?|procedures?|shots?|doses?|vaccin\w*|labs?|schedule|immunology)\b|\b(?:appointments?|tests?)\s+(?:today|tomorrow|left|remaining|scheduled|available|next|coming|in\s+(?:another|other))\b|\bhave\s+an?\s+(?:\w+\s+)?appointments?\b|\bappointments?\s+for\s+(?:a\s+)?(?:procedure|today|tomorrow)|\b(?:schedule|schedules|rounds|booking|book)\b|\b(?:manana|tomorrow|proxim[oa]\s+(?:semana|mes|ano)|next\s+(?:week|month|year))\b|\b(?:wait(?:ing)?|delay)\s+times?\b|\btiempos?\s+de\s+espera\b",
    ),
    (
        Refusal.NOT_RECORDED,
        False,
        r"\b(?:genetic[oa]?s?|geneticamente|genoma|genotipo|adn|dna|gen(?:es)?\b|mutacion(?:es)?|mutations?|hereditari[oa]s?|heredad[oa]s?|brca\d?|karyotype|cariotipo|genes?|genome|hereditary|inherited)\b|"
        r"\b(?:antecedentes?|historia|historial|historico)\s+(?:(?:medic[oa]s?|clinic[oa]s?)\s+)?(?:familiar(?:es)?|(?:de|en)\s+(?:la|su)\s+familia)\b|\bfamily\s+(?:history|members?|background|medical)\b|\b(?:familiar(?:es)?|parientes?|relatives?|family)\b|\b(?:su|del|de\s+la|de\s+su|sus|el|la)\s+(?:madre|padre|mama|papa|padres|hij[oa]s?|herman[oa]s?|espos[oa]|marido|conyuge|abuel[oa]s?|tutor(?:a)?|acudiente|acompanante|cuidador(?:a)?|contacto\s+de\s+emergencia)\b|\b(?:his|her|their|the\s+patient'?s|patient'?s)\s+(?:mother|father|mom|dad|parents?|sons?|daughters?|child|children|kids|brothers?|sisters?|siblings?|wife|husband|spouse|partner|grand\w+|aunt|uncle|guardian|companion|caregiver|emergency\s+contact|next\s+of\s+kin)\b|\b(?:guardian|companion|hermanos|hijos|siblings|children)\b|"
        r"\b(?:telefonos?|celular|movil|numero\s+de\s+(?:telefono|contacto|celular)|phone|telephone|cell|mobile|contact\s+(?:number|information|details)|direcci?on(?:es)?|domicilio|(?:home|street|mailing|postal)?\s*address|correo(?:s)?(?:\s+electronico)?|e-?mails?|codigo\s+postal|zip\s*code)\b|"
        r"\b(?:consentimiento|consent)\b|\b(?:cuarentena|quarantine)\b|\bblood\s+(?:type|group)\b(?!.*typing)|\b(?:tipo|grupo)\s+(?:de\s+sangre|sanguineo)\b|\b(?:color\s+(?:favorito|de\s+(?:ojos|pelo|cabello))|religion|religios[oa]s?|creencias?|pasatiempos?|hobb(?:y|ies)|favou?rite|favorit[oa]s?|comida|mascotas?|pets?|signo\s+zodiacal|zodiac|salario|sueldo|salary|income|ingresos\s+(?:economicos|mensuales)|profesion|ocupacion|oficio|trabaja(?!\w)|empleador|occupation|profession|job|employer|works\s+(?:as|at)|nivel\s+(?:educativo|socioeconomico)|orientacion\s+sexual|eye\s+colou?r|hair\s+colou?r)\b|"
        r"\b(?:satisfech[oa]|satisfaccion|satisf(?:ied|action)|como\s+se\s+siente|how\s+(?:does|is)\s+(?:s?he|the\s+patient)\s+feel(?:ing)?|feelings?|sentimientos|estado\s+de\s+animo|mood|quej(?:as|o)|complaints?\s+about|amable|friendly|buen\s+medico|good\s+doctor)\b|\b(?:operating\s+rooms?|quirofanos?|camas?\s+disponibles|available\s+beds|ward\s+id|numero\s+de\s+(?:habitacion|cama)|room\s+number|bed\s+number)\b|"
        r"\b(?:(?:an)?other|different|otr[oa]s?|distint[oa]s?)\s+(?:medical\s+)?(?:departments?|departamentos?|servicios?|hospital(?:s|es)?|institucion(?:es)?)\b|\b(?:\w+ology|procedure)\s+department\b|\bscheduled\s+(?:to|for|today)\b|\bdepartamento\s+de\s+(?!urgenc|emerg)\w+|\bcopy\s+of\b|\bcopia\s+de\b|\b(?:travel(?:l?ed|l?ing|s)?|viaj(?:es?|o|ado|ar)|overseas|extranjero)\b|\bdischarge\s+documents|\bdocuments\s+are\s+required|\bdocumentos\s+(?:necesarios|requeridos)\b|\b(?:lote|fabricante|numero\s+de\s+lote|lot\s+number|manufacturer|batch|marca\s+de\s+la\s+vacuna)\b|\b(?:disinfection|desinfeccion|sterili[sz]ation\s+of)\b",
    ),
    (
        Refusal.OFF_TOPIC,
        True,
        r"^\s*(?:hola|buen[oa]s?(?:\s+(?:dias|tardes|noches))?|hey|hi|hello|good\s+(?:morning|afternoon|evening)|gracias|muchas\s+gracias|thanks?(?:\s+you)?|ok|okay|vale|adios|chao|bye|que\s+tal|como\s+(?:estas|te\s+llamas|te\s+va)|how\s+are\s+you|que\s+mas)\s*[!.?,]*\s*$|"
        r"\b(?:chistes?|jokes?|poemas?|poems?|cancion(?:es)?|songs?|recetas?\s+(?:de\s+cocina|para\s+(?:cocinar|preparar|hacer))|cocin(?:a|ar)|cook|recipe|pelicula|movie|futbol|football|soccer|mundial|world\s+cup|partido\s+de|clima|weather|lluvia|llueve|rain|temperatura\s+(?:hace|hara|en\s+(?:la\s+ciudad|bogota))|capital\s+(?:de|of)|presidente?|president\s+of|elecciones|elections?|bolsa\s+de\s+valores|stock|bitcoin|criptomonedas?|dolar|horoscopo|horoscope|traduce|traducir|translate|programa(?:r)?\s+en|codigo\s+(?:python|en\s+\w+|java)|python|javascript|escribe(?:me)?\s+un|write\s+(?:me\s+)?an?|cuentame\s+(?:un|algo|una)|tell\s+me\s+a|quien\s+(?:eres|te\s+(?:creo|hizo|programo)|gano|descubrio|invento|escribio|pinto)|who\s+(?:are\s+you|made\s+you|created\s+you|won|discovered|invented|wrote|painted)|que\s+hora\s+es|what\s+time\s+is\s+it|que\s+dia\s+es\s+hoy|eres\s+(?:un|una|humano|real|robot)|are\s+you\s+(?:a|an|human|real)|sentido\s+de\s+la\s+vida|meaning\s+of\s+life|cuanto\s+es\s+\d|what\s+is\s+\d+\s*[-+*x/]|\b\d+\s*(?:[+*x]|\s/\s)\s*\d+\s*=?\s*\??$|\bcuanto\s+(?:es|son)\s+\d+\s+(?:por|mas|menos|entre)\b|\bwhat\s+is\s+\d+\s+(?:times|plus|minus|divided)\b|restaurantes?|hotel(?:es)?|vuelos?|flights?|musica|music|videojuegos?|netflix|noticias|news)\b",
    ),
)
REFUSAL_PATTERNS = tuple(pattern for _, _, pattern in _TABLE)
"""The phrases of the table."""
_COMPILED = tuple((refusal, anywhere, re.compile(pattern)) for refusal, anywhere, pattern in _TABLE)


def find_refusal(folded: str, visible: str) -> Refusal | None:
    """Find why a question cannot be answered from a record, by its phrases.

    Args:
        folded: The folded text.
        visible: The same with its concepts and times covered.
    """
    for refusal, anywhere, pattern in _COMPILED:
        if pattern.search(folded if anywhere else visible):
            return refusal
    return None
