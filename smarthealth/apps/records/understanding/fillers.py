"""Words of a question that carry no clinical meaning: what is left beside them is unknown vocabulary.

A word that is neither a cue, a concept, a time nor a filler names something that the glossary lacks; it is then looked for in
the patient's own record before the record is said to lack it. A missing filler here makes a plain question look unknown, so
the list is generous.
"""

from __future__ import annotations

from smarthealth.retrieval.words import set_of

FILLERS = set_of(
    # Spanish: articles, pronouns, prepositions, conjunctions
    "a al ante aquel aquella aquellos ambos ambas bajo cabe cada como con conforme contra cual cuales cualquier cuando cuanto cuantos "
    "cuanta cuantas de del desde donde durante e el ella ellas ellos en entre era eran eso ese esa esos esas esta este estas estos "
    "esto hacia hasta he la las le les lo los mas me mediante mi mis mismo misma ni no nos nosotros o os otra otro otras otros para pero "
    "por porque pues que quien quienes se segun ser si sido siendo sin sino sobre solo son su sus suya suyo tal tan tanto te tras tu tus "
    "u un una unas uno unos usted ustedes y ya yo "
    # Spanish: verbs that only carry the question
    "ha han has habia habian haber haya hay hubo he hemos fue fueron fui es esta estan estaba estaban estuvo estado tiene tienen tenia "
    "tenian tuvo tuvieron tener tenido tenga hace hacia hacen hizo hicieron hecho hecha hechos hechas hacer haciendo da dan dio dar dado "
    "dieron puede pueden podria podrias podemos puedes poder quiero quisiera necesito necesita deseo gustaria favor porfavor porfa decir di dime digame dame deme "
    "diga muestra muestre muestrame muestreme mostrar ensename indica indicar indique indicame informa informar informe informame saber sabe sabes conocer conozco "
    "ver veo vea revisa revisar revise busca buscar busque consulta consultar encuentra encontrar ayuda ayudame ayudar cuenta existe existen existia consta constan figura "
    "figuran aparece aparecen registra registran registro registraron registrar registrado registrada registrados registradas registros "
    "anotado anotada anotados anotadas documentado documentada documentados documentadas presenta presento presentado presentaba presentar recibe recibio recibido recibida "
    "recibir recibieron realiza realizo realizado realizada realizados realizadas realizaron realizar practicado aplicado aplicada aplicadas aplicados aplico aplicaron "
    "aplicar puso pusieron puesto puesta puestas poner administrado administrada administradas administro administraron medido medida medidos medidas midio midieron medir mide obtenido obtenida "
    "obtuvo reportado reportada reporta reporto detectado detectada detectaron detecto identificado identificada encontrado encontrada encontro encontraron llevado llevada lleva "
    "llevo paso pasado pasaron ocurrio ocurrido sucedio sucedido inicio iniciado comenzo comienza empezo empieza termino finalizo apareci aparecio estan sabemos hubiera hubiese sale salio salieron "
    "marco dio arrojo arroja corresponde corresponden pertenece trata tratado tratada utiliza usado usa usando sometido sometida sometio sometieron queda quedo logra sigue siguio debe sera seria seran "
    "dejo dejaron hablame cuentame describe describir explica resume resumir lista listar listame enumera enumerar menciona mencionar nombra detalla detallar confirma confirmar verifica verificar "
    "llama llaman llamaba entrega entregado ordeno ordenado ordenaron indico indicado indicaron dado realice tendra llego llega volvio volver ocurre coloco colocaron colocado salir "
    "consulto consultaba consultado consiste consistia incluye incluia attending atienden atiende atendian atiendan formulo formula formulan receta recetan manda mando mandaron cuenteme cuentenos digame digan expliqueme hableme expongame sabemos tratante cabecera "
    # Spanish: the patient, the record, generalities
    "paciente pacientes senor senora sr sra srta don dona persona nino nina bebe usuario usuaria ella historia historias historial clinica clinico clinicas clinicos medica medico medicas medicos expediente expedientes ficha archivo "
    "sistema base datos dato informacion carpeta salud clinicamente medicamente persona vida cosa cosas tema caso casos algo alguien alguna alguno algunas algunos algun ninguna ninguno ningun nada nadie nunca "
    "jamas siempre tambien ademas aun todavia actual actualmente ahora momento fecha fechas dia dias mes meses ano anos hora horas vez veces tiempo epoca periodo "
    "ultimo ultima ultimos ultimas primer primera primero primeras primeros reciente recientes recientemente anterior anteriores previo previa previos previas siguiente nuevo nueva nuevos nuevas viejo "
    "antes despues luego entonces hoy dia total totales todo toda todos todas tipo tipos clase clases diferente diferentes distinto distinta distintos distintas unico unica unicos principal principales "
    "mayor menor mejor peor mucho mucha muchos muchas poco poca pocos muy bien mal demasiado bastante aproximadamente exactamente exacta exacto concretamente especificamente "
    "numero cantidad valor valores nivel niveles resultado resultados cifra cifras medicion mediciones medida lectura lecturas dato toma tomas prueba pruebas examen examenes analisis test estudio "
    "estudios parametro indicador reporte observacion control controles diagnostico diagnosticos antecedente antecedentes episodio episodios evento eventos cuadro motivo razon causa "
    "favor gracias hola buenos buenas dias tardes noches doctor doctora disculpe disculpa por supuesto ok vale bueno claro listo aqui alla ahi si disponible disponibles existente existentes conocido conocida conocidos conocidas "
    "cierto verdad correcto segun respecto acerca referente relacionado relacionada relacionados relacionadas relacion parte lado forma manera medio través traves base grupo lugar "
    "sangre suero plasma sanguinea sanguineo serica serico ayunas corporal basal venosa capilar rutina laboratorio orden seguimiento evolucion inicial final vigente vigentes cronico cronica cronicos cronicas agudo aguda importante importantes relevante relevantes "
    "general generales completo completa completos completas breve brevemente corto rapido detalle detalles detallado detallada "
    "padecio padece padecido padecer sufre sufrio sufrido sufrir enfermo enferma contrajo adquirio desarrollo desarrollado desarrolla diagnosticado diagnosticada diagnosticaron diagnosticados diagnosticadas diagnosticar diagnostico "
    "tomo tomado tomando tomaba tomar toma recetado recetada recetados recetadas recetaron receto recetar prescrito prescrita prescritos prescritas prescribieron prescribio prescribir formulado formulada formularon "
    "vacunado vacunada vacuno vacunaron vacunar operado operada opero operaron atendido atendida atendio atendieron atender visto vista vio visito acudio acudido asistio asistido ingreso ingresado "
    "considera considerar considerado considerada cuenta contar segun posible tan asi mismo misma ademas tambien sino quizas acaso "
    # English: articles, pronouns, prepositions, conjunctions
    "about above after again against all along also although am among an and another any anybody anyone anything are around as at away back be because been "
    "before behind being below between both but by can could did do does doing done down each either else etc even ever every few first for from further get "
    "gets getting give given gives go goes going gone got had has have having he her here hers herself him himself his how however i if in into is it its itself just know known last "
    "latest least let like made make many may me might mine more most much must my myself near need neither never newest no none nor not now of off often on once one only onto or other others our ours out over "
    "own per please quite rather recent recently same say says see seen several shall she should show since so some somebody someone something still such take taken takes tell than that the their theirs them then there these they this those though through "
    "throughout thus till to together too under until up upon us used using very via want wanted wants was way we well were what whatever when where whether which while who whole whom whose why will with within without would yes yet you your yours "
    # English: verbs and generalities of the question
    "patient patients mr mrs ms miss sir madam person individual gentleman lady record records recorded recording chart charts file files history histories data database information info health medical medically clinical clinically system "
    "list listed lists enumerate display provide provided find found look looking looked search check checked checking confirm verify identify identified name named names mention mentioned describe described described explain summarize receive received receives receiving "
    "undergo underwent undergone perform performed performing carry carried measure measured measures measuring measurement measurements take took taken test tested tests testing report reported reports note noted document documented documentation register registered "
    "happen happened occur occurred occurrence start started starting begin began begun end ended finish finished stop stopped exist exists existed appear appears appeared show shown shows showed experience experienced suffer suffered suffers suffering "
    "diagnose diagnosed diagnosis prescribe prescribed prescribes prescription administered administer gave give given apply applied vaccinate vaccinated operate operated treat treated treating treatment attend attended see saw seen visit visited come came admit admitted use uses "
    "develop developed have having contract contracted last lasted current currently present presently date dates day days week weeks month months year years time times hour hours moment period occasion occasions ago past previous previously prior former next later early earlier earliest "
    "number amount total count value values level levels result results reading readings figure figures score type types kind kinds sort different distinct various several specific particular certain exact exactly approximately main major minor possible available "
    "general overall complete full brief briefly short detail details detailed relevant important blood serum plasma fasting routine lab laboratory initial final baseline chronic acute active ongoing follow regarding related concerning respect respectively "
    "fixed fix fixing quick quickly rapid usual thing things case cases issue part hello hi thanks thank okay ok sure wonder wondering question ask asking answer could d s t re ve ll m don doesn didn isn wasn hasn haven currently anything "
    "historica historico historical vieron ver visto moved move seguido tender tiende tienden curso far dar dado ahora apareci aparece registrad desde referencia reference dos tres cuatro cinco seis siete ocho nueve diez once doce two three four five six seven eight nine ten place places took producen produce producir sustancia sustancias substance substances subido bajado aumentado disminuido cambiado variado descendido incrementado mejorado empeorado crecido cargo debido refiero refiere biologico cause causes during beginning come comes right serve stand stands read reads occur resolve resolved turn turns bring brings pull pulled resume aparecer tome usar vez va van viene vienen vino venido ido sacando queda quedo contamos suma total cumple trabajar hacer saber ensena procede quisiera puse pongame "
    "llevaba llevaban iba iban andaba scored rated graded allowed permitted able supposed permitido permitida permiten "
    "leve leves moderada moderado severa severo grave graves mild moderate severe consume consumir consumes dose doses dosis "
    "under against regarding towards new old highest lowest average mean high low increase decrease change order ordered put exam exams study studies episode episodes event events instance instances result undergone having much"
)
"""Folded words; those that other readers look for are here too, for when they stand where no reader takes them."""

_HARMLESS_ENDINGS = ("mente", "ly")


def is_filler(word: str) -> bool:
    """Whether a folded word carries no clinical meaning: a filler in any inflection, a number, a letter or an adverb."""
    return (
        len(word) < 2
        or word[0].isdigit()
        or any(form in FILLERS for form in _forms(word))
        or (len(word) > 6 and word.endswith(_HARMLESS_ENDINGS))
    )


def _forms(word: str) -> tuple[str, ...]:
    """A word and what it would be in the singular and in the masculine."""
    one = word[:-1] if word.endswith("s") else word
    return (word, one, f"{one[:-1]}o") if one.endswith("a") else (word, one)
