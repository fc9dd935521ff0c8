using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>Finds the credentials that options ask for.</summary>
internal static class S3Credentials
{
    /// <summary>Returns the credentials, or null when the AWS chain is to be asked at the first request.</summary>
    public static AWSCredentials? Resolve(S3Options options)
    {
        if (options.Anonymous)
            return new AnonymousAWSCredentials();
        if (options.CredentialsFile is not null)
            return new FileCredentials(options.CredentialsFile, options.Profile);
        if (options.Profile is null)
            return null;
        if (new CredentialProfileStoreChain().TryGetAWSCredentials(options.Profile, out AWSCredentials credentials))
            return credentials;
        throw new ObjectStoreException(
            ObjectStoreErrorKind.NoCredentials,
            $"The profile '{options.Profile}' is not in the AWS configuration files, or holds no credentials. Look at ~/.aws/credentials and ~/.aws/config of the user that mounts.");
    }
}
