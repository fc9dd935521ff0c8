using System.Net;
using System.Security.Authentication;
using System.Xml;
using Amazon.Runtime;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>The one place that turns what the SDK throws into what callers decide by.</summary>
internal sealed class S3Errors(S3Endpoint endpoint, S3Options options)
{
    /// <summary>Where credentials are looked for, as an advice.</summary>
    public const string CredentialsAdvice =
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, write ~/.aws/credentials, name a profile or a credentials file, or give the instance a role";

    private readonly string _bucket = options.Bucket;

    /// <summary>Classifies a failure of one request. <see cref="OperationCanceledException"/> of the caller's own token never comes here.</summary>
    public ObjectStoreException Translate(Exception failure, string operation, string? key)
    {
        string subject = key is null ? $"{operation} s3://{_bucket}" : $"{operation} s3://{_bucket}/{key}";
        for (Exception? e = failure; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case ObjectStoreException known:
                    return known;
                case BodyUnreadableException:
                    return new(ObjectStoreErrorKind.BodyUnreadable, $"{subject}: {e.Message}", failure);
                case AmazonServiceException service when service.StatusCode != 0 || !string.IsNullOrEmpty(service.ErrorCode):
                    return FromAnswer(service, subject, key);
                case AuthenticationException:
                    return new(ObjectStoreErrorKind.TlsFailure, TlsMessage(e), failure);
                case XmlException or AmazonUnmarshallingException:
                    return new(ObjectStoreErrorKind.Unavailable, $"{subject}: {endpoint.Name} did not answer as an S3 server does. Check the endpoint.", failure);
                case NoAnswerException:
                    return new(
                        ObjectStoreErrorKind.Unreachable,
                        $"{subject}: {endpoint.Name} cannot be reached: {e.Message}. Check that the server runs, the endpoint and the firewall.",
                        failure);
                case HttpRequestException http:
                    return FromTransport(http, subject);
                case IOException or OperationCanceledException or TimeoutException:
                    return new(ObjectStoreErrorKind.Unavailable, $"{subject}: the connection to {endpoint.Name} broke: {e.Message}", failure);
            }
        }
        if (failure is AmazonClientException)
            return FromClient(failure, subject);
        return new(ObjectStoreErrorKind.Unknown, $"{subject}: {failure.Message}", failure);
    }

    private ObjectStoreException FromTransport(HttpRequestException e, string subject) => e.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => new(ObjectStoreErrorKind.TlsFailure, TlsMessage(e.InnerException ?? e), e),
        HttpRequestError.NameResolutionError => new(
            ObjectStoreErrorKind.Unreachable, $"{subject}: the host of {endpoint.Name} is not known. Check the endpoint and the name service.", e),
        HttpRequestError.ConnectionError => new(
            ObjectStoreErrorKind.Unreachable,
            $"{subject}: {endpoint.Name} cannot be reached: {e.Message}. Check that the server runs, the endpoint and the firewall.", e),
        _ => e.InnerException is AuthenticationException tls
            ? new(ObjectStoreErrorKind.TlsFailure, TlsMessage(tls), e)
            : new(ObjectStoreErrorKind.Unavailable, $"{subject}: the connection to {endpoint.Name} broke: {e.Message}", e),
    };

    private ObjectStoreException FromClient(Exception e, string subject)
    {
        string text = e.Message;
        if (text.Contains("resolve AWS credentials", StringComparison.Ordinal) || text.Contains("security credentials", StringComparison.Ordinal)
            || text.Contains("Unable to find credentials", StringComparison.Ordinal))
        {
            return new(
                ObjectStoreErrorKind.NoCredentials,
                $"No credentials for s3://{_bucket} were found. {CredentialsAdvice}.",
                e);
        }
        if (text.Contains("hash", StringComparison.OrdinalIgnoreCase) || text.Contains("checksum", StringComparison.OrdinalIgnoreCase))
            return new(ObjectStoreErrorKind.ChecksumMismatch, $"{subject}: the bytes that arrived do not have the checksum that {endpoint.Name} gave.", e);
        return new(ObjectStoreErrorKind.Unknown, $"{subject}: {text}", e);
    }

    private ObjectStoreException FromAnswer(AmazonServiceException e, string subject, string? key)
    {
        (ObjectStoreErrorKind kind, string? advice) = Classify(e, key);
        string said = string.IsNullOrWhiteSpace(e.Message) || e.Message.StartsWith("Error making request", StringComparison.Ordinal) ? "" : $": {e.Message.Trim()}";
        string code = string.IsNullOrEmpty(e.ErrorCode) ? ((int)e.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture) : e.ErrorCode;
        return new(kind, advice is null ? $"{subject}: {code}{said}" : $"{subject}: {advice} ({code}{said})", e)
        {
            ErrorCode = e.ErrorCode,
            StatusCode = (int)e.StatusCode,
            RequestId = e.RequestId,
        };
    }

    private (ObjectStoreErrorKind Kind, string? Advice) Classify(AmazonServiceException e, string? key) => e.ErrorCode switch
    {
        "NoSuchBucket" => (ObjectStoreErrorKind.NoSuchBucket, $"the bucket '{_bucket}' does not exist at {endpoint.Name}: check its name, or make it first"),
        "NoSuchKey" or "NoSuchVersion" => (ObjectStoreErrorKind.NotFound, null),
        "NoSuchUpload" => (ObjectStoreErrorKind.NoSuchUpload, null),
        "PreconditionFailed" => (ObjectStoreErrorKind.PreconditionFailed, null),
        "ConditionalRequestConflict" or "OperationAborted" => (ObjectStoreErrorKind.Conflict, null),
        "InvalidObjectState" => (ObjectStoreErrorKind.ArchivedTier, "the object is in an archive class and must be restored first"),
        "SignatureDoesNotMatch" when key?.StartsWith('/') == true && !endpoint.IsAmazon =>
            (ObjectStoreErrorKind.BadKey, "this server does not take keys that start with a slash"),
        "SignatureDoesNotMatch" => (ObjectStoreErrorKind.BadCredentials, "the secret key is wrong; check AWS_SECRET_ACCESS_KEY, the profile or the credentials file"),
        "InvalidAccessKeyId" => (ObjectStoreErrorKind.BadCredentials, "the access key is not known to the server; check AWS_ACCESS_KEY_ID, the profile or the credentials file"),
        "ExpiredToken" or "ExpiredTokenException" or "TokenRefreshRequired" or "InvalidToken" =>
            (ObjectStoreErrorKind.BadCredentials, "the session token has expired or is wrong; get new credentials"),
        "RequestTimeTooSkewed" => (ObjectStoreErrorKind.BadCredentials, "the clock of this host differs from the server's by too much"),
        "AuthorizationHeaderMalformed" or "PermanentRedirect" or "TemporaryRedirect" or "IllegalLocationConstraintException" =>
            (ObjectStoreErrorKind.WrongRegion, "the bucket is in another region; give its region"),
        "AccessDenied" or "AllAccessDisabled" or "AccountProblem" =>
            (ObjectStoreErrorKind.AccessDenied, options.Anonymous ? "unsigned requests are not allowed here" : "these credentials do not allow it"),
        "SlowDown" or "Throttling" or "ThrottlingException" or "RequestLimitExceeded" or "TooManyRequests" or "BandwidthLimitExceeded" =>
            (ObjectStoreErrorKind.Throttled, "the server asks to go slower"),
        "InternalError" or "ServiceUnavailable" or "RequestTimeout" or "Busy" => (ObjectStoreErrorKind.Unavailable, null),
        "XAmzContentSHA256Mismatch" when endpoint.TrailingChecksums =>
            (ObjectStoreErrorKind.NotSupported, "this server does not take trailing checksums; set checksums=required"),
        "BadDigest" or "XAmzContentSHA256Mismatch" or "XAmzContentChecksumMismatch" or "InvalidDigest" =>
            (ObjectStoreErrorKind.ChecksumMismatch, "the bytes changed on the way, or while they were read"),
        "InvalidRange" => (ObjectStoreErrorKind.RangeNotSatisfiable, null),
        "EntityTooLarge" => (ObjectStoreErrorKind.TooLarge, null),
        "KeyTooLongError" or "KeyTooLong" or "InvalidURI" or "InvalidObjectName" => (ObjectStoreErrorKind.BadKey, null),
        "QuotaExceeded" or "InsufficientCapacity" => (ObjectStoreErrorKind.NoSpace, "the bucket's quota or the server's space is used up"),
        "NotImplemented" or "MethodNotAllowed" => (ObjectStoreErrorKind.NotSupported, null),
        _ => ((int)e.StatusCode) switch
        {
            (int)HttpStatusCode.MovedPermanently or (int)HttpStatusCode.TemporaryRedirect =>
                (ObjectStoreErrorKind.WrongRegion, "the bucket is in another region; give its region"),
            404 => (ObjectStoreErrorKind.NotFound, null),
            401 => (ObjectStoreErrorKind.BadCredentials, null),
            403 => (ObjectStoreErrorKind.AccessDenied, "these credentials do not allow it"),
            409 => (ObjectStoreErrorKind.Conflict, null),
            412 => (ObjectStoreErrorKind.PreconditionFailed, null),
            413 => (ObjectStoreErrorKind.TooLarge, null),
            416 => (ObjectStoreErrorKind.RangeNotSatisfiable, null),
            429 => (ObjectStoreErrorKind.Throttled, "the server asks to go slower"),
            405 or 501 => (ObjectStoreErrorKind.NotSupported, null),
            507 => (ObjectStoreErrorKind.NoSpace, null),
            >= 500 => (ObjectStoreErrorKind.Unavailable, null),
            >= 400 => (ObjectStoreErrorKind.BadRequest, null),
            _ => (ObjectStoreErrorKind.Unknown, null),
        },
    };

    private string TlsMessage(Exception e) =>
        $"No trusted TLS connection to {endpoint.Name}: {e.Message} If the server has a private certificate authority, name its file (custom CA).";
}
