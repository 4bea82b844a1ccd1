"""What PostgreSQL is asked of one patient's record, in SQL.

Every statement names the patient first, so that the index on (patient_id, kind, started_at) serves it, is parameterised,
and has a limit.
"""

ENTRY = (
    "id", "record", "kind", "display", "code", "category", "status", "on", "until", "value", "unit", "value_text", "range_low",
    "range_high", "dosage", "severity", "reason", "verification", "clock", "end_clock",
)  # fmt: skip
"""Fields of an entry, in the order of the columns that a row of entries begins with."""
_CALLED_OTHERWISE = {"record": "fhir_id", "on": "started_on", "until": "ended_on"}
_COLUMNS = ", ".join(f'r.{_CALLED_OTHERWISE.get(field, field)} as "{field}"' for field in ENTRY)

# What was entered in error, ruled out or not done is no part of what the record says of the patient.
_STANDS = """(r.verification is null or r.verification not in ('refuted', 'entered-in-error'))
    and (r.status is null or r.status not in ('entered-in-error', 'not-done'))"""

PERSON = """
select full_name, fhir_id as record, gender, birth_date, deceased, died_on, city, phone, email, address, language, marital_status,
       contact, concat_ws(', ', (select g.full_name from practitioner g where g.id = p.practitioner_id),
                (select o.name from organization o where o.id = p.practice_id)) as practitioner,
       (select coalesce(array_agg(document_type order by rank, document_type, document_number), '{}') from patient_identifier i
                 where i.patient_id = p.id) as document_types,
       (select coalesce(array_agg(written_as order by rank, document_type, document_number), '{}') from patient_identifier i
        where i.patient_id = p.id) as document_numbers
from patient p where id = %(patient)s
"""

KNOWN = f"""
select kind, code, display, category, component is not null as is_part, count(*) as count
from record r where patient_id = %(patient)s and kind <> 'family' and ({_STANDS}) = not %(void)s
group by 1, 2, 3, 4, 5 order by count(*) desc limit %(limit)s
"""

REASONS = f"""
select distinct reason from record r
where patient_id = %(patient)s and kind = any(%(kinds)s) and reason is not null
union select distinct display from record r
where patient_id = %(patient)s and 'encounter' = any(%(kinds)s) and kind = 'condition' and encounter_id is not null and {_STANDS}
limit %(limit)s
"""

_MATCHING = f"""
from record r
where r.patient_id = %(patient)s and r.kind = any(%(kinds)s) and ({_STANDS}) = not %(void)s
  and (not %(named)s or (r.kind, r.display, coalesce(r.category, '')) in
       (select * from unnest(%(name_kinds)s::text[], %(names)s::text[], %(categories)s::text[])))
  and (%(parts)s or r.component is null)
  and (%(since)s::date is null or coalesce(r.ended_on, r.started_on) >= %(since)s and r.started_on is not null
       and (%(overlapping)s or r.started_on >= %(since)s))
  and (%(until)s::date is null or r.started_on <= %(until)s)
  and (%(statuses)s::text[] is null or coalesce(lower(r.status), '') = any(%(statuses)s))
  and (%(verifications)s::text[] is null or r.verification = any(%(verifications)s))
  and (%(reasons)s::text[] is null or r.reason = any(%(reasons)s)
       or (r.kind = 'encounter' and exists (select from record d where d.encounter_id = r.id and d.kind = 'condition'
           and d.display = any(%(reasons)s))))
  and (%(people)s::bigint[] is null or exists (select from attendance a
       where a.record_id in (r.id, r.encounter_id) and a.practitioner_id = any(%(people)s)))
  and (%(places)s::bigint[] is null or r.organization_id = any(%(places)s)
       or (select e.organization_id from record e where e.id = r.encounter_id) = any(%(places)s))
"""

_NEWEST = "order by r.started_at desc nulls last, r.id desc limit %(limit)s"
_OLDEST = "order by r.started_at nulls last, r.id limit %(limit)s"

ENTRIES_NEWEST = f"select {_COLUMNS}, count(*) over () as total {_MATCHING} {_NEWEST}"
ENTRIES_OLDEST = f"select {_COLUMNS}, count(*) over () as total {_MATCHING} {_OLDEST}"

PARTS = """
select r.parent_id, r.id, r.fhir_id, r.kind, r.display, r.code, r.started_on, r.value, r.unit, r.value_text, r.range_low, r.range_high
from record r where r.patient_id = %(patient)s and r.kind = 'observation' and r.component is not null and r.parent_id = any(%(ids)s)
order by r.parent_id, r.component limit %(limit)s
"""

RESULTS = f"""
select {_COLUMNS} from record r
where r.patient_id = %(patient)s and r.component is null and r.parent_id = any(%(ids)s) and {_STANDS}
order by r.id limit %(limit)s
"""

MADE_AT = f"""
select {_COLUMNS}, r.encounter_id as parent_id from record r
where r.patient_id = %(patient)s and r.encounter_id = any(%(ids)s) and r.kind = any(%(kinds)s) and r.component is null and {_STANDS}
order by r.started_at nulls last, r.id limit %(limit)s
"""

VISITS_OF = f"""
select {_COLUMNS} from record r where r.patient_id = %(patient)s
  and r.id in (select encounter_id from record o where o.patient_id = %(patient)s and o.id = any(%(ids)s)) limit %(limit)s
"""

ATTENDANCE = """
select r.id,
       (select coalesce(jsonb_agg(jsonb_build_array(p.full_name, concat_ws('; ', a.role, p.specialty)) order by p.full_name, a.role), '[]')
        from attendance a join practitioner p on p.id = a.practitioner_id
        where a.record_id = case when exists (select from attendance o where o.record_id = r.id) then r.id else r.encounter_id end),
       coalesce(o.name, eo.name), e.display, e.fhir_id
from record r
left join record e on e.id = r.encounter_id
left join organization o on o.id = r.organization_id
left join organization eo on eo.id = e.organization_id
where r.patient_id = %(patient)s and r.id = any(%(ids)s) limit %(limit)s
"""

PRACTITIONERS = """
select distinct p.id, p.full_name from record r join attendance a on a.record_id = r.id
join practitioner p on p.id = a.practitioner_id where r.patient_id = %(patient)s limit %(limit)s
"""
PROFESSIONS = """
select p.id, p.full_name, concat_ws(' ', p.full_name, p.specialty, string_agg(distinct a.role, ' ')) from record r
join attendance a on a.record_id = r.id join practitioner p on p.id = a.practitioner_id
where r.patient_id = %(patient)s group by p.id, p.full_name, p.specialty order by p.id limit %(limit)s
"""
ORGANIZATIONS = """
select distinct o.id, o.name from record r join organization o on o.id = r.organization_id
where r.patient_id = %(patient)s limit %(limit)s
"""

FAMILY = f"""
select {_COLUMNS}, r.component is not null as is_part, r.parent_id, left(r.body, %(length)s) as body from record r
where r.patient_id = %(patient)s and r.kind = 'family' and ({_STANDS}) order by r.id limit %(limit)s
"""

BODIES = (
    "select id, left(body, %(length)s) from record where patient_id = %(patient)s and id = any(%(ids)s) limit %(limit)s"
)

FHIR_IDS = "select id, fhir_id from record where patient_id = %(patient)s and id = any(%(ids)s) limit %(limit)s"

NOTES_WITH = f"""
select {_COLUMNS}, left(r.body, %(length)s) as body from record r
where r.patient_id = %(patient)s and r.kind = 'document' and {_STANDS} and r.body ~* %(pattern)s
order by r.started_at desc nulls last, r.id desc limit %(limit)s
"""

NOTES_HOLDING = f"""
select {_COLUMNS}, left(r.body, %(length)s) as body from record r
where r.patient_id = %(patient)s and r.body is not null and r.kind <> 'family' and {_STANDS}
  and (select bool_and(r.body ~* pattern) from unnest(%(patterns)s::text[]) pattern)
order by r.started_at desc nulls last, r.id desc limit %(limit)s
"""
