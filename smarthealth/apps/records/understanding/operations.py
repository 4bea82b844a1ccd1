"""Words that say what is asked of the entries: when, who, how many, is it normal, how did it go.

Each row of the table is an operation, how strongly its phrases speak for it, and the phrases. The strongest phrase found
wins; of equally strong ones the earlier row. The text they are looked for in has its concepts (§) and times (¤) covered.
"""

from __future__ import annotations

import re

import attrs

from .question import Operation

_OBJECT = r"(?:(?:se\s+)?(?:l[aeo]s?\s+)?)"
_HAS = r"(?:ha|han|habia|fue|fueron|haya|es|esta|estaba|estan)"

_TABLE: tuple[tuple[Operation, int, str], ...] = (
    (
        Operation.AGE_AT,
        98,
        r"\ba\s+los\s+cuantos\s+anos\b|\bcuantos\s+anos\s+tenia\b|(?:que|a\s+que|con\s+que|a\s+cual)\s+edad\b(?!\s+tiene)|cuantos\s+anos\s+(?:tenia|de\s+edad\s+tenia|cumplidos\s+tenia)|how\s+old\s+(?:was|were)\b|(?:at\s+)?(?:what|which)\s+age\b|\bage\s+(?:at|when)\b|edad\s+(?:al|cuando|de\s+(?:inicio|aparicion|comienzo)|en\s+(?:el\s+momento|que)|a\s+la\s+que|del\s+diagnostico)",
    ),
    (
        Operation.INTERVAL,
        97,
        r"(?:tiempo|dias|semanas|meses|anos|intervalo|periodo|lapso)\s+(?:que\s+)?(?:hay|hubo|habia|paso|pasaron|transcurrio|transcurrieron|transcurrido|pasado)?\s*(?:entre|desde\s+.+\s+hasta)\b|"
        r"(?:time|days|weeks|months|years|interval|long|period|gap)\s+(?:(?:was|is|were|are)\s+there\s+|passed\s+|elapsed\s+|went\s+by\s+)?between\b",
    ),
    (
        Operation.STATUS,
        94,
        r"\b(?:sigue|siguen|continua|continuan)\s+(?:estando\s+)?(?:activ|tom|con|ten|vigent|present|padec|usando|en\s+(?:tratamiento|curso)|§|siendo)|\b(?:todavia|aun)\b|"
        r"\b(?:esta|estan|se\s+encuentra|se\s+encuentran)\s+(?:ya\s+)?(?:resuelt|activ|curad|vigent|suspendid|superad|en\s+remision|inactiv)|"
        r"\b(?:ya\s+)?se\s+(?:le\s+)?(?:ha\s+)?(?:resolvio|resuelto|curo|curado|recupero|recuperado|suspendio|suspendido)\b|\b(?:estado|estatus|situacion)\s+(?:actual\s+)?(?:de|del|clinico)\b|"
        r"\bstill\b|\b(?:is|are|was|has|have)\b[^?]*\b(?:resolved?|active|ongoing|discontinued|stopped|in\s+remission|cured)\b|\b(?:status)\s+of\b|\bwhat\s+is\s+the\s+status\b|"
        r"\b(?:ha|fue|han)\s+(?:sido\s+)?(?:ya\s+)?(?:resuelt[oa]|suspendid[oa]|retirad[oa]|curad[oa]|superad[oa])|\bcontinues?\b",
    ),
    (
        Operation.DURATION,
        92,
        r"\b(?:cuanto|durante\s+cuanto|cuanto\s+tiempo|por\s+cuanto)\s+(?:tiempo\s+)?(?:le\s+)?(?:duro|dura|duraron|lleva(?:ba)?|llevo|estuvo|permanecio|tardo|ha\s+(?:durado|estado|llevado)|hace\s+que)|\bse\s+prolong(?:o|aron)\b|\bcuanto\s+tiempo\s+(?:le\s+)?(?:tom[oa]|uso|recibio|tuvo|padecio|sufrio)|"
        r"\b(?:durante|por)\s+cuanto\s+tiempo\b|\bduracion\b|\bcuant[oa]s\s+(?:dias|semanas|meses|anos|horas|minutos)\s+(?:le\s+)?(?:duro|dura|lleva|estuvo|permanecio|tomo|tuvo|ha\s+(?:estado|durado|tenido|tomado)|hace|pas[oó])|"
        r"\bhow\s+long\b(?!\s+ago)|\b(?:duration|length)\s+of\b|\b(?:days|weeks|months|years)\s+passed\s+until\b|\b(?:dias|semanas|meses|anos)\s+(?:pasaron|tardo|tardaron)\b|\bhow\s+many\s+(?:days|weeks|months|years|hours|minutes)\s+(?:did|has|have|was|is|does|had)\b|\btiempo\s+(?:de\s+evolucion|que\s+lleva)",
    ),
    (
        Operation.TREND,
        90,
        r"(?<!cuanto\s)(?<!cuanto\sha\s)\b(?:sub|aument|increment|ascend|crec|elev|mejor)[a-z]*\s+(?:o|u|y)\s+(?:a\s+|ha\s+)?(?:baj|dismin|descen|reduc|empeor)[a-z]*|\b(?:rise|rising|risen|up|higher|increas\w+|better|climb\w*|grow\w*)\s+(?:or|and)\s+(?:fall\w*|down|lower|decreas\w+|worse|drop\w*|shrink\w*)\b|\btiende(?:n)?\s+a\b|\b(?:que|cual\s+es\s+el)\s+(?:curso|rumbo|direccion)\b|\bal\s+alza\b|\ba\s+la\s+baja\b|\btrayectoria\b|\bdinamica\b|\bse\s+ha(?:n)?\s+mantenido\b|\bcomo\s+va(?:n)?\b|\bcomo\s+ha\s+estado\b|"
        r"\btend(?:s|ed)?\s+to\b|\bcourse\b|\bgetting\s+(?:higher|lower|better|worse|bigger|smaller)\b|\bon\s+the\s+rise\b|\bclimb(?:ing|ed)\b|\bdirection\b|"
        r"\bevoluci?on(?:o|ado|ando|aba)?\b|\btendencias?\b|\bcurva\b|\bcomportamiento\b|\bcomo\s+(?:ha|han|fue|fueron|se\s+ha|va|van|vienen?)\s+(?:ido\s+)?(?:variand|cambia|varia|evolucion|progres|comport|sido|§)|"
        r"\ba\s+lo\s+largo\s+(?:del\s+tiempo|de)|\bcon\s+el\s+(?:paso\s+del\s+)?tiempo\b|\bha(?:n)?\s+(?:ido\s+)?(?:subi(?:do|endo)|baja(?:do|ndo)|aumenta(?:do|ndo)|disminui?(?:do|yendo)|mejora(?:do|ndo)|empeora(?:do|ndo)|cambia(?:do|ndo)|varia(?:do|ndo)|incrementado|descendido|crecido|progresa(?:do|ndo))\b|"
        r"\b(?:subiendo|bajando|aumentando|disminuyendo|mejorando|empeorando|va\s+(?:al\s+alza|a\s+la\s+baja))\b|\bprogresion\b|"
        r"\btrend(?:s|ed|ing)?\b|\bover\s+(?:time|the\s+(?:years|months))\b|\bevol(?:ved|ution|ving)\b|\bprogress(?:ed|ion|ing)\b|\b(?:increas|decreas|improv|worsen|ris|fall|dropp|declin|chang)(?:ing|ed)\b|\b(?:going|gone|went|go)\s+(?:up|down)\b|\brisen\b|\bfallen\b|\bgotten\s+(?:better|worse)\b|"
        r"\b(?:any\s+change|changes?|cambios?)\b[^?]*\b(?:over\s+(?:the|time)|con\s+(?:el|los)\s+(?:tiempo|anos))|\bhow\s+(?:has|have|did)\b[^?]*\b(?:change|chang|been|evolve|develop|behav|vary|varied)|\bhistorial\s+de\s+(?:valores\s+de\s+)?§|\bhistory\s+of\s+(?:the\s+|his\s+|her\s+)?§+\s+(?:values|readings|measurements)|\btrajectory\b",
    ),
    (
        Operation.CHANGE,
        93,
        r"\bcuanto\b[^?]*\b(?:subi(?:do|o)|baj(?:ado|o)|aument(?:ado|o)|disminu(?:ido|yo)|cambi(?:ado|o)|vari(?:ado|o)|movi(?:do|o)|reduj?o|descendi(?:do|o)|increment(?:ado|o))\b|\bcuant[oa]s?\s+(?:(?:kilos|kilogramos|kg|cm|centimetros|puntos|libras)\s+)?(?:ha|han|habia|hubo|se)?\s*(?:de\s+)?(?:subi(?:do|o)|baj(?:ado|o)|aument(?:ado|o)|disminu(?:ido|yo)|cambi(?:ado|o)|varia?(?:do|o)|perdi(?:do|o)|gan(?:ado|o)|crec(?:ido|io)|engord|adelgaz|modific)|"
        r"\b(?:cambio|diferencia|variacion)\s+(?:en|entre|de|del|hay|hubo|total)\b|\bque\s+(?:cambio|diferencia|variacion)\b|"
        r"\b(?:primer[oa]?|first|earliest|initial)\s+(?:y|and|hasta|al|a|to|with|con|vs\.?|versus)\s+(?:(?:el|la|al|the|its|con)\s+)*(?:mas\s+|most\s+)?(?:ultim[oa]|last|latest|recent|reciente)|\b(?:ultim[oa]|last|latest|most\s+recent)\b[^?]*\b(?:primer[oa]?|first|earliest|initial)\b|\b(?:primer[oa]?|first|earliest|initial)\b[^?]*\b(?:ultim[oa]|last|latest|most\s+recent|mas\s+reciente)\b|"
        r"\b(?:change|difference|variation)\s+(?:in|between|of|from)\b|\bhow\s+(?:much|far)\s+(?:has|have|did|had)\b[^?]*\b(?:mov|shift|chang|gain|los|ris|rose|drop|fall|fell|increas|decreas|go\s+(?:up|down)|gone|vari|grow|grew|went)|\bhow\s+much\s+(?:weight|taller|heavier|higher|lower)|\bcompar(?:e|a|ed|ado|ada|acion|ar)\b",
    ),
    (
        Operation.AVERAGE,
        91,
        r"\bpromedi[a-z]*\b|(?<!cuanto\s)\bmedia\b(?!\s+(?:hora|noche))|\bvalor\s+medio\b|\baverag[a-z]*\b|\bmean\s+(?:of|for|value|§)|\b(?:the|historical|overall|arithmetic|calculated)\s+mean\b",
    ),
    (
        Operation.NORMAL,
        89,
        r"\b(?:a)?normal(?:es|idad|ly)?\b|\b(?:en|dentro\s+del?|fuera\s+del?)\s+(?:los\s+)?(?:rangos?|limites|valores)\b|\brangos?\s+(?:normal|de\s+referencia)|\bvalores?\s+de\s+referencia\b|\balterad[oa]s?\b|\bpreocup[a-z]+|\badecuad[oa]s?\b|\bcontrolad[oa]s?\b|\bsaludables?\b|"
        r"\b(?:sali(?:o|eron)|fue|fueron)\s+(?:bien|mal)\b|\b(?:tiene|esta|estan|estaba|es|son|era|muestra|presenta)\s+(?:(?:muy|demasiado)\s+)?(?:(?:el|la|los|las|su|sus)\s+)?(?:§+\s+)?(?:(?:muy|demasiado)\s+)?(?:alt[oa]s?|baj[oa]s?|elevad[oa]s?|buen[oa]s?|mal[oa]s?|bien|mal)\b(?!\s+de)|"
        r"\b(?:within|in|out\s+of|outside)\s+(?:the\s+)?(?:normal\s+|reference\s+|healthy\s+)?(?:range|limits)\b|\breference\s+(?:range|value|interval)|\babnormal(?:ly)?\b|\bnormal\b|\bhealthy\b|\bconcern(?:ed|ing)\b|\bworr(?:y|ied|ying)\b|\b(?:well\s+)?controlled\b|"
        r"\b(?:is|are|was|were)\b[^?]*\b(?:too\s+)?(?:high|low|elevated|good|bad|ok|okay|fine)\b",
    ),
    (
        Operation.DOSE,
        88,
        r"\b(?:dosis|posologia|dosificacion|pauta|dosaje)\b(?!\s+de\s+(?:(?:la|las|el|los)\s+)?(?:§+\s*)?(?:vacuna|refuerzo))|\bcada\s+cuant(?:o|as\s+horas)\b|\b(?:indicaciones|instrucciones|modo|forma)\s+(?:de\s+(?:uso|toma|administracion)|para\s+(?:tomar|el\s+uso))\b|\binstructions\b|\bcomo\s+(?:tiene|se|debe|esta)\b[^?]*\b(?:toma|tomar|indicad[oa]|administra|usa)\b|\bsupposed\s+to\s+take\b|\bregimen\b|\b(?:como|con\s+que\s+frecuencia|cuant[oa]s\s+veces\s+al\s+dia)\s+(?:se\s+)?(?:lo\s+|la\s+)?(?:debe\s+|tiene\s+que\s+|hay\s+que\s+)?toma(?:r|rlo|rla|rse)?\b|\bcuant[oa]s?\s+(?:miligramos|mg|pastillas|tabletas|comprimidos|gramos)\b|\bconcentracion\b|"
        r"\b(?:que|cuanta|cual(?:es)?)\s+(?:concentracion|cantidad|presentacion)\b|\b(?:how\s+many\s+(?:mg|milligrams|pills|tablets)|how\s+(?:often|much|frequently)\s+(?:should|does|must|is|was|did)\b[^?]*\b(?:take|taken|taking|prescribed)|how\s+much\b[^?]*\bprescribed|how\s+(?:is|are|was|should|must|do|does)\b[^?]*\b(?:taken|take|administered|dosed)|dosages?|dos(?:e|es|ing)|strength|posology)\b(?!\s+of\s+(?:the\s+)?(?:§+\s*)?vaccin)",
    ),
    (
        Operation.WHO,
        87,
        r"\b(?:a\s+|de\s+|con\s+|por\s+)?quien(?:es)?\b|\b(?:que|cual(?:es)?|con\s+que|por\s+que|nombre\s+del?)\s+(?:fue(?:ron)?\s+|es\s+|era\s+)?(?:el\s+|la\s+|los\s+|las\s+)?(?:nombre\s+del?\s+)?(?:medic[oa]s?|doctor(?:a|es|as)?|profesional(?:es)?|especialistas?|clinic[oa]\b|facultativ[oa]s?|prestador(?:es)?|enfermer[oa])(?:\s+tratante)?\b|"
        r"\b(?:medic[oa]|doctora?|profesional)\s+(?:que|tratante|responsable)\b|\bwho(?:m|'s)?\b|\b(?:which|what|name\s+of\s+the|the)\s+(?:\w+\s+)?(?:doctors?|physicians?|providers?|clinicians?|practitioners?|professionals?|specialists?|nurse)\b|\b(?:doctor|physician|provider|clinician|practitioner)'?s?\s+name\b|\bby\s+whom\b|\bnombre\s+(?:de|del)\s+(?:medic|doctor|profesional)",
    ),
    (
        Operation.WHERE,
        86,
        r"\b(?:a|en|de|por)?\s*(?:donde|adonde)\b|\blocation\b|\b(?:place|site)\s+of\b|\b(?:lugar|sitio|sede)\s+(?:(?:de|del|donde|en)\b|¤)|\b(?:(?:en|a|de|por)\s+(?:que|cual(?:es)?)|cual(?:es)?\s+(?:fue|es|era|fueron|son)\s+(?:el|la|los|las)|nombre\s+(?:del|de\s+la))\s+(?:hospital(?:es)?|centros?|clinicas?|institucion(?:es)?|lugar(?:es)?|sedes?|establecimientos?|organizacion(?:es)?|consultorios?|ips)(?:\s+(?:medic[oa]s?|de\s+(?:salud|atencion)))?\b|\bque\s+(?:hospital(?:es)?|clinicas?|centros?|institucion(?:es)?|lugar(?:es)?|sedes?|establecimientos?|organizacion(?:es)?)\b|\bwhere\b(?!\s+(?:does|do|is|are)\b[^?]*\b(?:stand|stands|at)\b)|\b(?:which|what|at\s+what|in\s+which|in\s+what)\s+(?:medical\s+|health\s*care\s+)?(?:hospitals?|clinics?|facilit(?:y|ies)|centers?|centres?|organi[sz]ations?|institutions?|places?|locations?|sites?)\b",
    ),
    (
        Operation.REASON,
        85,
        r"\bpor\s+que\b(?!\s+(?:medic|doctor|profesional))|\b(?:cual\s+(?:es|fue|era)\s+(?:el|la)|que|por\s+cual)\s+(?:motivo|razon|causa|indicacion)\b|\b(?:el\s+)?(?:motivo|razon|indicacion|causa)\s+(?:de|del|por|para|principal)\b|\bpara\s+que\b(?!\s+fecha)|\ba\s+que\s+se\s+deb(?:io|e|ia)\b|\b(?:por|para)\s+(?:que|cual)\s+(?:enfermedad|diagnostico|condicion|problema|afeccion)\b|\b(?:que|cual)\s+(?:enfermedad|diagnostico|condicion|problema)\s+(?:justific|motiv|llev|origin|caus|explic)\w+|\bque\s+(?:motivo|lo\s+llevo|la\s+llevo|causo|provoco)\b|\ba\s+causa\s+de\s+que\b|\b(?:debido|causa|por)\s+a\s+que\b|"
        r"\bwhy\b|\bwhat\b[^?]*\bfor\s*\?|\bfor\s+(?:what|which)\s+(?:conditions?|diseases?|diagnos[ei]s|problems?|reasons?|illness|disorder)\b|\bfor\s+what\b|\b(?:the\s+)?(?:reason|indication|cause\s+of|purpose)\b|\bwhat\b[^?]*\b(?:led|prompted|caused)\b|\bhow\s+come\b",
    ),
    (
        Operation.COUNT,
        84,
        r"\b(?:cuant[oa]s|(?:el\s+)?numero\s+(?:total\s+)?de|cantidad\s+de|total\s+de|cuenta\s+(?:las|los)|conteo)\b|\bcon\s+que\s+frecuencia\b|\bhow\s+many\b|\b(?:the\s+)?(?:total\s+)?number\s+of\b|\bcount\b|\bhow\s+often\b|\bhow\s+frequently\b|\btotal\s+of\b|\btally\b",
    ),
    (
        Operation.WHEN,
        83,
        r"\b(?:desde|hasta)?\s*cuando\b|\b(?:en|de|a|desde|hasta)?\s*(?:que|cual(?:es)?(?:\s+(?:es|fue|era|fueron|son))?(?:\s+(?:la|las))?)\s+(?:fechas?|dias?|ano|mes|epoca|momento)\b|\bfechas?\s+(?:de|del|en|exacta|en\s+que|que|tiene)\b|\bhace\s+cuanto\b|\bcuanto\s+(?:tiempo\s+)?hace\b|\b(?:la|indica|dame|dime)\s+(?:la\s+)?fecha\b|"
        r"\b(?:el|la)\s+(?:dia|ano|mes|fecha)\s+(?:en\s+)?que\b|\bwhen\b|\b(?:what|which|on\s+what|on\s+which|in\s+what|in\s+which)\s+(?:was\s+the\s+|is\s+the\s+|were\s+the\s+)?(?:dates?|days?|years?|months?)\b|\b(?:dates?|day|time)\s+(?:of|when|that|for)\b|\bhow\s+long\s+ago\b|\bsince\s+when\b|\bthe\s+dates?\b",
    ),
    (
        Operation.SUMMARY,
        80,
        r"\bresum(?:en|e|ir|eme|ido|elo|idas?)\b|\b(?:historial?|historia|antecedentes)\s+(?:medic[oa]s?|clinic[oa]s?|de\s+salud|personales|general(?:es)?|complet[oa])(?:\s+(?:complet[oa]|general(?:es)?|relevantes|del?\s+(?:la\s+)?(?:senora?|paciente)))?\s*(?:$|[?.,;:]|del?\s+(?:la\s+)?(?:paciente|senora?|[a-z]+\s*[?.]?$))|"
        r"\b(?:cual\s+es|dame|dime|muestra(?:me)?|ver|quiero|cuentame|describe|descri(?:beme|pcion))\s+(?:(?:el|la|los|su|sus)\s+)*(?:historial?|historia|antecedentes|cuadro|panorama|perfil)\b|\b(?:cuadro|estado|panorama|vision|perfil)\s+(?:clinic[oa]|general|de\s+salud|global)\b|\b(?:hablame|cuentame|informame|ponme\s+al\s+dia|actualizame)\b|\bque\s+(?:se\s+)?(?:sabe(?:s|mos)?|hay\s+que\s+saber|informacion\s+(?:hay|tienes|tiene|existe))\b(?!.*§)|"
        r"\bque\s+(?:me\s+)?(?:puedes?|podrias?)\s+(?:contar|decir|comentar)\w*\s+(?:de|del|sobre|acerca)\b(?!.*§)|\bquien\s+es\s+(?:este|esta|el|la)\s+paciente\b|\bwho\s+is\s+(?:this|the)\s+patient\b|\bwhat\s+should\s+(?:i|we)\s+know\b|"
        r"\bsummar(?:y|ies|i[sz]e|i[sz]es)\b|\boverview\b|\b(?:medical|clinical|health|patient(?:'s)?)\s+(?:history|background|profile|picture)\b|\btell\s+me\s+about\s+(?:the|this|my|him|her)?\s*(?:patient|case|person)?\s*[?.]?$|\bwhat\s+do\s+(?:we|you)\s+know\b|\bbrief\s+me\b|\bcatch\s+me\s+up\b|\bgeneral\s+(?:state|condition|health)\b",
    ),
    (
        Operation.LIST,
        60,
        r"\b(?:lista(?:r|me|do)?|enumera(?:r|me)?|muestra(?:me)?|mostrar(?:me)?|menciona(?:r|me)?|relaciona|detalla(?:r|me)?|nombra(?:me)?|indica(?:r|me)?|dime|dame|describe|cuales|que\s+otr[oa]s)\b|\btod[oa]s\s+(?:l[oa]s|sus)\b|\b(?:list|enumerate|show|name|give|which|display|itemi[sz]e|mention|all\s+(?:the|of|his|her))\b",
    ),
    (
        Operation.EXISTS,
        50,
        r"(?:^|[,;.:]\s*|\by\s+)(?:y\s+)?(?:el\s+paciente\s+|la\s+paciente\s+|la\s+senora\s+|el\s+senor\s+|§+\s+)?(?:se\s+|le\s+|lo\s+|la\s+)*(?:tiene|tuvo|tenia|padece|padecio|sufre|sufrio|existen?|hay|hubo|consta[n]?|presenta|presento|figura[n]?|aparece[n]?|recibio|recibe|toma|tomo|tomaba|usa|uso|fuma|es|era|esta|estuvo|fue|ha|han|habia|registra|cuenta\s+con|dispone|realizo|realizaron|hizo|hicieron|hecho|aplicaron|pusieron|practico|practicaron|opero|operaron|diagnostic(?:o|aron)|recet(?:o|aron)|prescri(?:bio|bieron)|vacun(?:o|aron)|acudio|requirio|necesito|ingreso)\b|"
        r"\b(?:alguna\s+vez|algun[oa]?s?|jamas|nunca|antecedentes?\s+de|historia\s+de|historial\s+de|sabes\s+si|confirma|verifica|comprueba|averigua|es\s+cierto\s+que|si\s+(?:el\s+paciente\s+|la\s+paciente\s+)?(?:tiene|ha|tuvo|padece|es|toma|recibio))\b|"
        r"(?:^|[,;.:]\s*|\band\s+)(?:has|have|had|does|do|did|is|are|was|were|any)\b|\bever\b|\b(?:is\s+there|are\s+there|was\s+there|were\s+there)\b|\b(?:whether|confirm|check\s+if|if\s+(?:the\s+patient|s?he)\s+(?:has|had|is|was|takes|ever))\b|\b(?:a\s+|any\s+)?history\s+of\b",
    ),
    (
        Operation.VALUE,
        40,
        r"\b(?:cual|que)\s+(?:es|fue|era|son|fueron|eran)\b|\bque\s+(?:valor(?:es)?|nivel(?:es)?|resultados?|cifras?|lectura|medida)\b|\bcuanto\s+(?:pesa|mide|pesaba|media|es|fue|tiene|tenia|marco|dio|salio|peso|midio|vale)\b|\b(?:valor(?:es)?|nivel(?:es)?|resultados?|cifras?|lecturas?|medici(?:on|ones)|medidas?)\b|\bcomo\s+(?:esta|tiene|salio|estaba|anda)\b|"
        r"\bwhat(?:'s|\s+(?:is|was|are|were))\b|\b(?:values?|levels?|results?|readings?|measurements?|measured|figures?)\b|\bhow\s+(?:much|tall|heavy|high|low)\b",
    ),
)
OPERATION_PATTERNS = tuple(pattern for _, _, pattern in _TABLE)
"""The phrases of the table."""
_COMPILED = tuple((operation, weight, re.compile(pattern)) for operation, weight, pattern in _TABLE)


@attrs.frozen
class OperationCue:
    """A phrase that speaks for an operation."""

    start: int
    end: int
    operation: Operation
    weight: int


def find_operations(folded: str) -> list[OperationCue]:
    """Find the phrases that speak for operations, strongest first."""
    found = [
        OperationCue(match.start(), match.end(), operation, weight)
        for operation, weight, pattern in _COMPILED
        if (match := pattern.search(folded)) is not None
    ]
    return sorted(found, key=lambda cue: -cue.weight)
