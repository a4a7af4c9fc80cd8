-- Earlier versions in the order in which they were made: the histories of a type and of the whole practice.
-- The standing ones are found by resource_type and resource_chart.
create index resource_version_type on postern.resource_version (practice_id, type, updated_at desc);
create index resource_version_chart on postern.resource_version (practice_id, chart_id, type);
