"""S3: presigned forms and notifications, as uploads use them."""

import httpx

from tests.kit.stack import WAIT_S
from tests.local.integration.emulator.workshop import Workshop, gathered


def test_a_presigned_form_limits_the_size_and_its_upload_is_notified(workshop: Workshop) -> None:
    bucket, queue = workshop.name("uploads"), workshop.queue()
    workshop.s3.create_bucket(Bucket=bucket)
    workshop.s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "QueueConfigurations": [
                {
                    "QueueArn": queue.arn,
                    "Events": ["s3:ObjectCreated:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "incoming/"}]}},
                }
            ]
        },
    )
    form = workshop.s3.generate_presigned_post(
        bucket, "incoming/ride.fit", Conditions=[["content-length-range", 1, 100]], ExpiresIn=60
    )

    small = httpx.post(form["url"], data=form["fields"], files={"file": b"x" * 50}, timeout=WAIT_S)
    large = httpx.post(form["url"], data=form["fields"], files={"file": b"x" * 101}, timeout=WAIT_S)

    assert small.status_code in {200, 204}
    assert large.status_code == 400
    assert "EntityTooLarge" in large.text
    told = [message for message in gathered(queue, 1) if "Records" in message]
    (record,) = (told or gathered(queue, 1))[0]["Records"]
    assert record["s3"]["object"]["key"] == "incoming/ride.fit"
    assert record["s3"]["object"]["size"] == 50


def test_a_form_with_another_key_is_refused(workshop: Workshop) -> None:
    bucket = workshop.name("uploads")
    workshop.s3.create_bucket(Bucket=bucket)
    form = workshop.s3.generate_presigned_post(bucket, "incoming/mine.fit", ExpiresIn=60)

    answer = httpx.post(
        form["url"],
        data={**form["fields"], "key": "incoming/other.fit"},
        files={"file": b"x"},
        timeout=WAIT_S,
    )

    assert answer.status_code == 403
