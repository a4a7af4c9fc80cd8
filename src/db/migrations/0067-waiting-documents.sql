-- What patients sent and nobody has looked at yet: few among all dates, and asked for by every desk.
create index date_range_waiting on postern.date_range (practice_id, resource_id) where param = 'waiting';
