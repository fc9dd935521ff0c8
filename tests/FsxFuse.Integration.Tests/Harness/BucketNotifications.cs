namespace FsxFuse.Integration.Tests;

/// <summary>Makes the server post what happens in a bucket.</summary>
internal static class BucketNotifications
{
    /// <param name="bucket">The bucket.</param>
    /// <param name="server">Its server.</param>
    /// <param name="url">Where to post to; the server takes it as it is, so that a secret goes into its path.</param>
    public static async Task NotifyAsync(this Bucket bucket, S3Server server, string url)
    {
        string aws = $"unset AWS_CA_BUNDLE; /usr/bin/aws --endpoint-url {server.Endpoint} --region default";
        string configuration =
            "{\"TopicConfigurations\":[{\"Id\":\"n\",\"TopicArn\":\"arn:aws:sns:default::" + bucket.Name + "\",\"Events\":[\"s3:ObjectCreated:*\",\"s3:ObjectRemoved:*\"]}]}";
        bucket.HasNotifications = true;
        await Shell.BashAsync(aws + " sns create-topic --name " + bucket.Name + " --attributes '{\"push-endpoint\":\"" + url + "\"}' > /dev/null", server.Environment);
        await Shell.BashAsync($"{aws} s3api put-bucket-notification-configuration --bucket {bucket.Name} --notification-configuration '{configuration}'", server.Environment);
    }
}
