"""Jobs: what one operation of an execution printed, drew and ran."""

from litestar import Response, get
from litestar.response import Stream

from deepforge.model.execution import Job
from deepforge.model.feedback import Feedback
from deepforge.model.project import JobCode, LinePoints, LogPage
from deepforge.server.given import AJob, ANumber, Count, LogBytes, MaybeBuckets, MaybeCount, TheServices

__all__ = ["HANDLERS"]

_ONE = "/api/jobs/{job:str}"


@get(_ONE, operation_id="getJob")
async def get_job(services: TheServices, job: AJob) -> Job:
    return await services.jobs.get(job)


@get(f"{_ONE}/log", operation_id="getLog", summary="A page of the console, of the newest attempt by default")
async def get_log(
    services: TheServices, job: AJob, attempt: MaybeCount = None, offset: Count = 0, limit: LogBytes = 262_144
) -> LogPage:
    return await services.jobs.log(job, number=attempt, offset=offset, limit=limit)


@get(f"{_ONE}/log.txt", operation_id="downloadLog", summary="The whole console as a text file", media_type="text/plain")
async def download_log(services: TheServices, job: AJob, attempt: MaybeCount = None) -> Stream:
    name, chunks = await services.jobs.whole_log(job, number=attempt)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Stream(chunks, media_type="text/plain; charset=utf-8", headers=headers)


@get(f"{_ONE}/feedback", operation_id="getFeedback", summary="Graphs, images and progress so far, without the points")
async def get_feedback(services: TheServices, job: AJob, attempt: MaybeCount = None) -> Feedback:
    return await services.jobs.feedback(job, number=attempt)


@get(f"{_ONE}/lines/{{line:int}}", operation_id="getLine", summary="Points of a line, all or reduced to buckets")
async def get_line(
    services: TheServices,
    job: AJob,
    line: ANumber,
    attempt: MaybeCount = None,
    start: Count = 0,
    stop: MaybeCount = None,
    buckets: MaybeBuckets = None,
) -> LinePoints:
    return await services.jobs.points(job, line, number=attempt, start=start, stop=stop, buckets=buckets)


@get(f"{_ONE}/images/{{image:int}}", operation_id="getImage", summary="The picture of an image", media_type="image/png")
async def get_image(
    services: TheServices, job: AJob, image: ANumber, attempt: MaybeCount = None, revision: MaybeCount = None
) -> Response[bytes]:
    data = await services.jobs.image(job, image, number=attempt)
    keep = "no-cache" if revision is None else "private, max-age=31536000, immutable"
    return Response(data, media_type="image/png", headers={"Cache-Control": keep})


@get(f"{_ONE}/code", operation_id="getJobCode", summary="The files that the job runs, as they lie in its directory")
async def get_job_code(services: TheServices, job: AJob) -> JobCode:
    return await services.jobs.code(job)


HANDLERS = (get_job, get_log, download_log, get_feedback, get_line, get_image, get_job_code)
