"""Words that say what is asked of the entries: when, who, how many, is it normal, how did it go.

Each row of the table is an operation, how strongly its phrases speak for it, and the phrases. The strongest phrase found
wins; of equally strong ones the earlier row. The text they are looked for in has its concepts (§) and times (¤) covered.
"""

from __future__ import annotations

import attrs

from .phrases import compile_phrases
from .question import Operation

_TABLE: tuple[tuple[Operation, int, str], ...] = (
    (
        Operation.AGE_AT,
        98,
        r"""
        a los cuantos anos|cuantos anos tenia
        ~(?:que|a que|con que|a cual) edad\b(?! tiene)~
        ~cuantos anos (?:tenia|de edad tenia|cumplidos tenia)~
        ~how old (?:was|were)
        ~(?:at )?(?:what|which) age
        age (?:at|when)
        ~edad (?:al|cuando|de (?:inicio|aparicion|comienzo)|en (?:el momento|que)|a la que|del diagnostico)~
        """,
    ),
    (
        Operation.INTERVAL,
        97,
        r"""
        ~(?:tiempo|dias|semanas|meses|anos|intervalo|periodo|lapso) (?:que )?(?:hay|hubo|habia|paso|pasaron|transcurrio|transcurrieron|transcurrido|pasado)?\s*(?:entre|desde .+ hasta)
        ~(?:time|days|weeks|months|years|interval|long|period|gap) (?:(?:was|is|were|are) there |passed |elapsed |went by )?between
        """,
    ),
    (
        Operation.STATUS,
        94,
        r"""
        (?:sigue|siguen|continua|continuan) (?:estando )?(?:activ|tom|con|ten|vigent|present|padec|usando|en (?:tratamiento|curso)|§|siendo)~
        (?:todavia|aun)
        (?:esta|estan|se encuentra|se encuentran) (?:ya )?(?:resuelt|activ|curad|vigent|suspendid|superad|en remision|inactiv)~
        (?:ya )?se (?:le )?(?:ha )?(?:retiro|retirado|quito|quitado|resolvio|resuelto|curo|curado|recupero|recuperado|suspendio|suspendido)
        (?:estado|estatus|situacion) (?:actual )?(?:de|del|clinico)|still
        (?:is|are|was|has|have)\b[^?]*\b(?:resolved?|active|ongoing|discontinued|stopped|in remission|cured)
        (?:status) of|what is the status
        (?:ha|fue|han) (?:sido )?(?:ya )?(?:resuelt[oa]|suspendid[oa]|retirad[oa]|curad[oa]|superad[oa])~
        continues?
        """,
    ),
    (
        Operation.VERIFICATION,
        95,
        r"""
        (?:esta|estan|estaba|estaban|fue|fueron|es|era|ha sido|quedo|se encuentra) (?:ya )?(?:(?:un|una) (?:diagnostico |dx )?)?(?:confirmad|descartad|comprobad|verificad|presuntiv|sospech|provisional|probable)\w*
        (?:se )?(?:ha )?(?:confirm|descart|comprob)(?:o|aron|ado|ada)\b~
        ~§\s*,?\s*(?:ya )?(?:(?:un)?confirmed|confirmad[oa]|descartad[oa]|provisional|suspected|sospechad[oa]|ruled out)\s*[?.]*\s*$~
        (?:is|are|was|were|has|have)\b[^?]*\b(?:confirmed|unconfirmed|suspected|provisional|presumptive|verified|ruled out|tentative)
        (?:confirmed|unconfirmed|provisional|suspected|presumptive) or (?:not|only|just|confirmed|unconfirmed|provisional|suspected|presumptive)
        (?:confirmad[oa]s?|provisional|presuntiv[oa]|sospechad[oa]|sospecha) o (?:no|solo|confirmad|provisional|presuntiv|sospech)\w*
        (?:estado|nivel|grado) de (?:verificacion|confirmacion|certeza)|verification(?: status)?|(?:how )?(?:sure|certain|certainty) (?:is|are|of)|(?:que tan )?(?:segur[oa]|ciert[oa]|firme) es el (?:diagnostico|dx)
        """,
    ),
    (
        Operation.DURATION,
        92,
        r"""
        (?:cuanto|durante cuanto|cuanto tiempo|por cuanto) (?:tiempo )?(?:le )?(?:duro|dura|duraron|lleva(?:ba)?|llevo|estuvo|permanecio|tardo|ha (?:durado|estado|llevado)|hace que)~
        se prolong(?:o|aron)
        cuanto tiempo (?:le )?(?:tom[oa]|uso|recibio|tuvo|padecio|sufrio)~
        (?:durante|por) cuanto tiempo|duracion
        cuant[oa]s (?:dias|semanas|meses|anos|horas|minutos) (?:le )?(?:duro|dura|lleva|estuvo|permanecio|tomo|tuvo|ha (?:estado|durado|tenido|tomado)|hace|pas[oó])~
        how long\b(?! ago)~
        estancia(?= (?:hospitalaria|por|de|en)\b)|hospital days|dias (?:de|en el) hospital
        (?:dias|tiempo) (?:total(?:es)? )?de (?:estancia|hospitalizacion|internacion|internamiento|ingreso)
        (?:duration|length) of|(?:days|weeks|months|years) passed until
        (?:dias|semanas|meses|anos) (?:pasaron|tardo|tardaron)
        how many (?:days|weeks|months|years|hours|minutes) (?:did|has|have|was|is|does|had)
        tiempo (?:de evolucion|que lleva)~
        """,
    ),
    (
        Operation.TREND,
        90,
        r"""
        ~(?<!cuanto\s)(?<!cuanto\sha\s)\b(?:sub|aument|increment|ascend|crec|elev|mejor)[a-z]* (?:o|u|y) (?:a |ha )?(?:baj|dismin|descen|reduc|empeor)[a-z]*~
        ~(?<!cuanto\s)(?<!cuanto\sha\s)\b(?:baj|dismin|descen|reduc|empeor|perdi|adelgaz)[a-z]* (?:o|u|y) (?:a |ha |se )?(?:sub|aument|increment|ascend|crec|elev|mejor|gan|engord)[a-z]*~
        (?:rise|rising|risen|up|higher|increas\w+|better|climb\w*|grow\w*) (?:or|and) (?:fall\w*|down|lower|decreas\w+|worse|drop\w*|shrink\w*)
        tiende(?:n)? a|(?:que|cual es el) (?:curso|rumbo|direccion)|al alza|a la baja|trayectoria|dinamica
        se ha(?:n)? mantenido|como va(?:n)?|como ha estado|tend(?:s|ed)? to|course
        getting (?:higher|lower|better|worse|bigger|smaller)|on the rise|climb(?:ing|ed)|direction
        evoluci?on(?:o|ado|ando|aba)?|tendencias?|curva|comportamiento
        como (?:ha|han|fue|fueron|se han?|va|van|vienen?) (?:ido )?(?:variand|cambia|varia|evolucion|progres|comport|sido|§)~
        como (?:le |les )?(?:ha|han|habia|habian) (?:ido|estado|venido|andado|seguido|salido|respondido)|como (?:le )?(?:vienen?|van?|venian?|iban?|sigue|siguen)(?: (?:saliendo|con|de|el|la|los|las|su|sus))?
        how (?:has|have|had) (?:the |his |her |their )?(?:§+ )?(?:been (?:doing|going|looking|running|over|lately|trending)|looked|gone|fared|done)
        how (?:is|are) (?:the |his |her |their )?(?:§+ )?(?:doing|going|coming along|trending|looking)
        how (?:has|have) (?:the |his |her |their )?§+ been~
        a lo largo (?:del tiempo|de)~
        con el (?:paso del )?tiempo
        ha(?:n)? (?:ido )?(?:subi(?:do|endo)|baja(?:do|ndo)|aumenta(?:do|ndo)|disminui?(?:do|yendo)|mejora(?:do|ndo)|empeora(?:do|ndo)|cambia(?:do|ndo)|varia(?:do|ndo)|incrementado|descendido|crecido|progresa(?:do|ndo))
        (?:subiendo|bajando|aumentando|disminuyendo|mejorando|empeorando|va (?:al alza|a la baja))|progresion
        which way (?:is|are|has|have|was|were)|hacia donde va|trend(?:s|ed|ing)?|over (?:time|the (?:years|months))|evol(?:ved|ution|ving)|progress(?:ed|ion|ing)
        (?:increas|decreas|improv|worsen|ris|fall|dropp|declin|chang)(?:ing|ed)
        (?:going|gone|went|go) (?:up|down)|risen|fallen|gotten (?:better|worse)
        (?:any change|changes?|cambios?)\b[^?]*\b(?:over (?:the|time)|con (?:el|los) (?:tiempo|anos))~
        how (?:has|have|did)\b[^?]*\b(?:change|chang|been|evolve|develop|behav|vary|varied)~
        historial de (?:valores de )?§~
        history of (?:the |his |her )?§+ (?:values|readings|measurements)~
        trajectory
        """,
    ),
    (
        Operation.CHANGE,
        93,
        r"""
        cuanto\b[^?]*\b(?:subi(?:do|o)|baj(?:ado|o)|mejor(?:ado|o)|empeor(?:ado|o)|aument(?:ado|o)|disminu(?:ido|yo)|cambi(?:ado|o)|vari(?:ado|o)|movi(?:do|o)|reduj?o|descendi(?:do|o)|increment(?:ado|o)|perdi(?:do|o)|gan(?:ado|o)|crec(?:ido|io)|adelgaz(?:ado|o)|engord(?:ado|o))
        cuant[oa]s? (?:(?:kilos|kilogramos|kg|cm|centimetros|puntos|libras|§+) )?(?:ha|han|habia|hubo|se)?\s*(?:de )?(?:subi(?:do|o)|baj(?:ado|o)|aument(?:ado|o)|disminu(?:ido|yo)|cambi(?:ado|o)|varia?(?:do|o)|perdi(?:do|o)|gan(?:ado|o)|crec(?:ido|io)|engord|adelgaz|modific)~
        (?:cambio|diferencia|variacion) (?:en|entre|de|del|hay|hubo|total)|que (?:cambio|diferencia|variacion)
        (?:primer[oa]?|first|earliest|initial) (?:y|and|hasta|al|a|to|with|con|vs\.?|versus) (?:(?:el|la|al|the|its|con) )*(?:mas |most )?(?:ultim[oa]|last|latest|recent|reciente)~
        (?:ultim[oa]|last|latest|most recent)\b[^?]*\b(?:primer[oa]?|first|earliest|initial)
        (?:primer[oa]?|first|earliest|initial)\b[^?]*\b(?:ultim[oa]|last|latest|most recent|mas reciente)
        (?:change|difference|variation) (?:in|between|of|from)
        how (?:much|far|many) (?:§+ )?(?:has|have|did|had)\b[^?]*\b(?:mov|shift|chang|gain|los|ris|rose|drop|fall|fell|increas|decreas|go (?:up|down)|gone|vari|grow|grew|went)~
        how much (?:weight|taller|heavier|higher|lower)~
        compar(?:e|a|ed|ado|ada|acion|ar)
        """,
    ),
    (
        Operation.AVERAGE,
        91,
        r"""
        promedi[a-z]*
        ~(?<!cuanto\s)\bmedia\b(?! (?:hora|noche))~
        valor medio|averag[a-z]*
        mean (?:of|for|value|§)~
        (?:the|historical|overall|arithmetic|calculated) mean
        """,
    ),
    (
        Operation.NORMAL,
        89,
        r"""
        (?:a)?normal(?:es|idad|ly)?|(?:en|dentro del?|fuera del?) (?:los )?(?:rangos?|limites|valores)
        rangos? (?:normal|de referencia)~
        ~§\s*(?:(?:muy|very|too|demasiado) )?(?:alt[oa]s?|baj[oa]s?|elevad[oa]s?|high|low|elevated)\b(?! (?:de|than|que))~
        valores? de referencia|alterad[oa]s?
        preocup[a-z]+~
        adecuad[oa]s?|controlad[oa]s?|saludables?|(?:sali(?:o|eron)|fue|fueron) (?:bien|mal)
        (?:tiene|esta|estan|estaban?|es|son|eran?|muestra|presenta|sali(?:o|eron)|seguia) (?:(?:muy|demasiado) )?(?:(?:el|la|los|las|su|sus) )?(?:§+ )?(?:(?:muy|demasiado) )?(?:alt[oa]s?|baj[oa]s?|elevad[oa]s?|buen[oa]s?|mal[oa]s?|bien|mal)\b(?! de)~
        (?:within|in|out of|outside) (?:the )?(?:normal |reference |healthy )?(?:range|limits)
        reference (?:range|value|interval)~
        abnormal(?:ly)?|normal|healthy|concern(?:ed|ing)|worr(?:y|ied|ying)|(?:well )?controlled
        (?:is|are|was|were)\b[^?]*\b(?:too )?(?:high|low|elevated|good|bad|ok|okay|fine)
        """,
    ),
    (
        Operation.DOSE,
        88,
        r"""
        (?:dosis|posologia|dosificacion|pauta|dosaje)\b(?! de (?:(?:la|las|el|los) )?(?:§+\s*)?(?:vacuna|refuerzo))~
        como (?:se )?(?:la |lo |le |las |los )?(?:est[ae] |estaba |venia |viene )?(?:toma|usa|aplica|administra|inyecta|pone|inhala|consume|tomando|usando|aplicando|inyectando|tomaba|usaba|tomarse|tomar|usar|aplicarse)n?(?: §+| (?:el|la|los|las|su|sus|este|esta)\b)~
        how (?:does|do|is|was|did|should) (?:s?he|the patient|they|it|§+) (?:supposed to )?(?:take|use|inject|inhale|administer|apply|taking|using|taken|used)
        cada cuant(?:o|as horas)|cuando (?:debe|debia|tiene que|hay que|se) toma\w*|when (?:should|must|does|did|is|was) (?:s?he|the patient|they) (?:supposed to |to )?(?:take|taking|use|inject)
        (?:as needed|prn|on demand|a demanda|segun necesidad|con o sin|with or without) (?:or|o|comida|alimentos|food|meals?)|(?:on an |with an |en |con el )?(?:empty stomach|ayunas|estomago vacio)
        (?:taken|take|toma|tomar|tomarlo|tomarla|tomarse) (?:with|without|con|sin) (?:food|meals?|comidas?|alimentos)~
        esquema(?= (?:de|del) )
        como (?:se )?(?:le |lo |la )?(?:mand|formul|recet|indic|prescrib|orden)(?:o|aron|ieron|an?)\b(?! (?:a|la cita|un|una))~
        en (?:que|cuales) (?:casos?|situacion(?:es)?|circunstancias?) (?:se )?(?:le )?(?:pone|aplica|da|usa|administra|debe)
        in (?:what|which) (?:cases?|situations?|circumstances?)\b[^?]*\b(?:given|used|taken|administered)
        (?:indicaciones|instrucciones|modo|forma) (?:de (?:uso|toma|administracion)|para (?:tomar|el uso))
        instructions|directions|instrucciones (?:de|para)|indicacion de toma|cuant[oa] (?:§+ )?toma
        como (?:tiene|tenia|se|debe|debia|esta|estaba)\b[^?]*\b(?:toma|tomar|indicad[oa]|administra|usa|usar)
        supposed to take|regimen|how to (?:use|take|apply|inject)|(?:what|which) (?:dosing )?frequency|(?:que|cual es la) frecuencia(?= (?:lo|la|se|toma|usa|de (?:toma|administracion|uso)))
        (?:como|con que frecuencia|cuant[oa]s veces al dia) (?:se )?(?:lo |la )?(?:debe |tiene que |hay que )?toma(?:r|rlo|rla|rse)?
        cuant[oa]s? (?:miligramos|mg|pastillas|tabletas|comprimidos|gramos|unidades|inhalaciones|puffs|gotas|capsulas|ml|mililitros|cucharadas)|concentracion
        (?:que|cuanta|cual(?:es)?) (?:concentracion|cantidad|presentacion)
        (?:how many (?:mg|milligrams|pills|tablets|units|puffs|drops|capsules)|how (?:often|much|frequently) (?:should|does|must|is|was|did)\b[^?]*\b(?:take|taken|taking|prescribed)|how much\b[^?]*\bprescribed|how (?:is|are|was|were|should|must|do|does|did)\b[^?]*\b(?:taken|take|taking|administered|dosed|prescribed|ordered|indicated|prescribe|order)|sig|dosages?|dos(?:e|es|ing)|strength|posology)\b(?! of (?:the )?(?:§+\s*)?vaccin)~
        """,
    ),
    (
        Operation.WHO,
        87,
        r"""
        (?:a |de |con |por )?quien(?:es)?
        (?:que|cual(?:es)?|con que|por que|nombre del?) (?:fue(?:ron)? |es |era )?(?:el |la |los |las )?(?:nombre del? )?(?:medic[oa]s?|doctor(?:a|es|as)?|profesional(?:es)?|especialistas?|clinicos?\b|facultativ[oa]s?|prestador(?:es)?|enfermer[oa])(?: tratante)?
        (?:medic[oa]s?|doctor(?:a|es|as)?|profesional(?:es)?) (?:que|tratantes?|responsables?)|who(?:m|'s)?
        (?:cirujan[oa]s?|anestesi[oó]log[oa]s?|surgeons?|anesthetists?|anesthesiologists?)
        (?:which|what|name of the|the) (?:\w+ )?(?:doctors?|physicians?|providers?|clinicians?|practitioners?|professionals?|specialists?|nurse)
        (?:doctor|physician|provider|clinician|practitioner|[a-z]+(?:ologist|iatrist|urgeon))'?s? name|by whom
        nombre (?:del?|de la) [a-z]+(?:ologo|ologa|iatra)
        nombre (?:de|del) (?:medic|doctor|profesional)~
        """,
    ),
    (
        Operation.WHERE,
        86,
        r"""
        (?:a|en|de|por)?\s*(?:donde|adonde)|location|(?:place|site) of
        (?:y |and )?(?:(?:el |the )?(?:destino|destination))(?: (?:al|del?|on|at|of|after) (?:el |la |the )?(?:alta|egreso|discharge))?
        (?:lugar|sitio|sede) (?:(?:de|del|donde|en)\b|¤)~
        (?:(?:en|a|de|por) (?:que|cual(?:es)?)|cual(?:es)? (?:fue|es|era|fueron|son) (?:el|la|los|las)|nombre (?:del|de la)) (?:hospital(?:es)?|centros?|clinicas?|institucion(?:es)?|lugar(?:es)?|sedes?|establecimientos?|organizacion(?:es)?|consultorios?|ips)(?: (?:medic[oa]s?|de (?:salud|atencion)))?
        (?:que|cual) (?:hospital(?:es)?|clinicas?|centros?|institucion(?:es)?|lugar(?:es)?|sedes?|establecimientos?|organizacion(?:es)?|laboratorios?(?= (?:le )?(?:hizo|proceso|analizo|realizo|tomo|reporto|informo|midio|determino|corrio|hace|leyo)))
        where\b(?! (?:does|do|is|are)\b[^?]*\b(?:stand|stands|at)\b)~
        (?:which|what|at what|in which|in what) (?:medical |health\s*care )?(?:hospitals?|clinics?|lab(?:oratory|oratories|s)?(?= (?:did|ran|processed|performed|analy[sz]ed|reported|measured))|facilit(?:y|ies)|centers?|centres?|organi[sz]ations?|institutions?|places?|locations?|sites?)
        """,
    ),
    (
        Operation.REASON,
        85,
        r"""
        por que\b(?! (?:medic|doctor|profesional))~
        (?:cual (?:es|fue|era) (?:el|la)|que|por cual) (?:motivo|razon|causa|indicacion)
        (?:el )?(?:motivo|razon|indicacion|causa) (?:de|del|por|para|principal)
        para (?:tratar )?que\b(?! fecha)~
        a que obedece|(?:which|what) (?:condition|disease|problem|diagnosis)\b[^?]*\btreat(?:s|ing|ed)?
        a que se deb(?:io|e|ia)|(?:por|para) (?:que|cual) (?:enfermedad|diagnostico|condicion|problema|afeccion)
        (?:que|cual) (?:enfermedad|diagnostico|condicion|problema) (?:justific|motiv|llev|origin|caus|explic)\w+~
        que (?:motivo|lo llevo|la llevo|causo|provoco)|a causa de que|(?:debido|causa|por) a que|why
        what\b[^?]*\bfor\s*(?:\?|$)~
        what (?:was|were|is|did|has|had)\b[^?]*\b(?:seen|treated|admitted|hospitali[sz]ed|evaluated|attended|brought in|came in|come in|in hospital) for(?! (?:the|his|her|a|an|§))
        a que (?:vino|fue|consulto|acudio|asistio)|de que (?:consulto|lo vieron|la vieron)
        for (?:what|which) (?:conditions?|diseases?|diagnos[ei]s|problems?|reasons?|illness|disorder)|for what
        (?:the )?(?:reason|indication|cause of|purpose)|what\b[^?]*\b(?:led|prompted|caused|made)|how come
        """,
    ),
    (
        Operation.COUNT,
        84,
        r"""
        (?:cuant[oa]s|(?:el )?numero (?:total )?de|cantidad de|total de|cuenta (?:las|los)|conteo)
        ~# (?:de|of)\b~
        n(?:o|ro|um)\.? de|con que frecuencia|how many|(?:the )?(?:total )?number of|count|how often|how frequently|total of|tally
        """,
    ),
    (
        Operation.WHEN,
        83,
        r"""
        (?:desde|hasta)?\s*cuando|(?:inicio|comienzo|debut|aparicion) de(?:l)?
        (?:en|de|a|desde|hasta)?\s*(?:que|cual(?:es)?(?: (?:es|fue|era|fueron|son))?(?: (?:la|las))?) (?:fechas?|dias?|ano|mes|epoca|momento)
        fechas? (?:de|del|dx|en|exacta|en que|que|tiene)|hace cuanto|cuanto (?:tiempo )?hace
        (?:la|indica|dame|dime) (?:la )?fecha|(?:el|la) (?:dia|ano|mes|fecha) (?:en )?que|when
        ~(?:admission|discharge|onset|diagnosis|dx|visit|§)\s+dates?\b~
        (?:what|which|on what|on which|in what|in which) (?:was the |is the |were the )?(?:dates?|days?|years?|months?)
        (?:dates?|day|time) (?:of|when|that|for)|how long ago|since when|the dates?
        """,
    ),
    (
        Operation.SUMMARY,
        80,
        r"""
        resum(?:en|e|a|ir|eme|ame|ido|elo|idas?)|present(?:e|a|eme|ame) (?:el|este|su) caso
        (?:historial?|historia|antecedentes) (?:medic[oa]s?|clinic[oa]s?|de salud|personales|general(?:es)?|complet[oa])(?: (?:complet[oa]|general(?:es)?|relevantes|del? (?:la )?(?:senora?|paciente)))?\s*(?:$|[?.,;:]|del? (?:la )?(?:paciente|senora?|[a-z]+\s*[?.]?$))~
        (?:cual es|dame|dime|muestra(?:me)?|ver|quiero|cuentame|describe|descri(?:beme|pcion)) (?:(?:el|la|los|su|sus) )*(?:historial?|historia|antecedentes|cuadro|panorama|perfil)
        (?:cuadro|estado|panorama|vision|perfil) (?:clinic[oa]|general|de salud|global)
        (?:hablame|cuentame|informame|hableme|cuenteme|informeme|cuentenos|ponme al dia|actualizame|digame del? (?:el |la )?paciente)
        que (?:se )?(?:sabe(?:s|mos)?|hay que saber|informacion (?:hay|tienes|tiene|existe))\b(?!.*§)~
        que (?:me )?(?:puedes?|podrias?) (?:contar|decir|comentar)\w* (?:de|del|sobre|acerca)\b(?!.*§)~
        quien es (?:este|esta|el|la) paciente|who is (?:this|the) patient|what should (?:i|we) know
        summar(?:y|ies|i[sz]e|i[sz]es)|overview|pmhx?|one[- ]liner|que (?:le )?(?:paso|ocurrio|sucedio)|what (?:has )?happened|novedades
        (?:medical|clinical|health|patient(?:'s)?) (?:history|background|profile|picture)
        tell me about (?:the|this|my|him|her)?\s*(?:patient|case|person)?\s*[?.]?$~
        what do (?:we|you) know|brief me|catch me up|general (?:state|condition|health)
        """,
    ),
    (
        Operation.LIST,
        60,
        r"""
        (?:lista(?:r|me|do)?|enumera(?:r|me)?|muestra(?:me)?|mostrar(?:me)?|menciona(?:r|me)?|relaciona|detalla(?:r|me)?|nombra(?:me)?|indica(?:r|me)?|dime|dame|describe|cuales|que otr[oa]s)
        tod[oa]s (?:l[oa]s|sus)
        (?:list|enumerate|show|name|give|which|display|itemi[sz]e|mention|all (?:the|of|his|her))
        """,
    ),
    (
        Operation.EXISTS,
        50,
        r"""
        ~(?:^|[,;.:]\s*|\by )(?:y )?(?:el paciente |la paciente |la senora |el senor |§+ )?(?:se |le |lo |la )*(?:tiene|tuvo|tenia|padece|padecio|sufre|sufrio|existen?|hay|hubo|consta[n]?|presenta|presento|figura[n]?|aparece[n]?|recibio|recibe|toma|tomo|tomaba|usa|uso|fuma|es|era|esta|estuvo|fue|ha|han|habia|registra|cuenta con|dispone|realizo|realizaron|hizo|hicieron|hecho|aplicaron|pusieron|practico|practicaron|opero|operaron|diagnostic(?:o|aron)|recet(?:o|aron)|prescri(?:bio|bieron)|vacun(?:o|aron)|acudio|requirio|necesito|ingreso)
        (?:alguna vez|algun[oa]?s?|jamas|nunca|antecedentes? de|historia de|historial de|sabes si|confirma|verifica|comprueba|averigua|es cierto que|si (?:el paciente |la paciente )?(?:tiene|ha|tuvo|padece|es|toma|recibio))
        ~(?:^|[,;.:]\s*|\band )(?:has|have|had|does|do|did|is|are|was|were|any)
        ever|(?:is there|are there|was there|were there)
        (?:whether|confirm|check if|if (?:the patient|s?he) (?:has|had|is|was|takes|ever))|(?:a |any )?(?:history|h/?x) of
        """,
    ),
    (
        Operation.VALUE,
        40,
        r"""
        (?:cual|que) (?:es|fue|era|son|fueron|eran)
        que (?:valor(?:es)?|nivel(?:es)?|resultados?|cifras?|lectura|medida)
        cuanto (?:pesa|mide|pesaba|media|es|fue|tiene|tenia|marco|dio|salio|peso|midio|vale)
        (?:valor(?:es)?|nivel(?:es)?|resultados?|cifras?|lecturas?|medici(?:on|ones)|medidas?)
        como (?:esta|tiene|salio|estaba|anda)|what(?:'s| (?:is|was|are|were))
        (?:values?|levels?|results?|readings?|measurements?|measured|figures?)|how (?:much|tall|heavy|high|low)
        """,
    ),
)
OPERATION_PATTERNS = tuple(phrases for _, _, phrases in _TABLE)
"""The phrases of the table."""
_COMPILED = tuple((operation, weight, compile_phrases(phrases)) for operation, weight, phrases in _TABLE)


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
