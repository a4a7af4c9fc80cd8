-- As pages of a chart are asked for: the newest first, what has no instant last, so that the first page of a
-- chart with thousands is read along the index and nothing is sorted.
drop index postern.resource_chart;
create index resource_chart on postern.resource (practice_id, chart_id, type, at desc nulls last, id desc);
