using System.Text;
using System.Text.Json.Serialization;

namespace FsxFuse.Control.Events;

/// <summary>A message of the Simple Notification Service, as it posts them to HTTP subscriptions.</summary>
internal sealed record SnsMessage
{
    public const string Notification = "Notification";
    public const string SubscriptionConfirmation = "SubscriptionConfirmation";
    public const string UnsubscribeConfirmation = "UnsubscribeConfirmation";

    public required string Type { get; init; }

    public string? MessageId { get; init; }

    public string? TopicArn { get; init; }

    public string? Subject { get; init; }

    public string? Message { get; init; }

    public string? Timestamp { get; init; }

    public string? Token { get; init; }

    [JsonPropertyName("SubscribeURL")]
    public string? SubscribeUrl { get; init; }

    public string? SignatureVersion { get; init; }

    public string? Signature { get; init; }

    [JsonPropertyName("SigningCertURL")]
    public string? SigningCertificateUrl { get; init; }

    /// <summary>
    /// What is signed (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html): names and
    /// values of some fields in this order, a line each; a subject only if there is one.
    /// </summary>
    public byte[] SignedBytes()
    {
        StringBuilder text = new();
        (string Name, string? Value)[] fields = Type == Notification
            ? [(nameof(Message), Message), (nameof(MessageId), MessageId), (nameof(Subject), Subject), (nameof(Timestamp), Timestamp), (nameof(TopicArn), TopicArn), (nameof(Type), Type)]
            : [(nameof(Message), Message), (nameof(MessageId), MessageId), ("SubscribeURL", SubscribeUrl), (nameof(Timestamp), Timestamp), (nameof(Token), Token), (nameof(TopicArn), TopicArn), (nameof(Type), Type)];
        foreach ((string name, string? value) in fields)
        {
            if (value is not null)
                text.Append(name).Append('\n').Append(value).Append('\n');
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
