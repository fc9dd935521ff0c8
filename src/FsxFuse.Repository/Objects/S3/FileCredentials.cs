using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using FsxFuse.Repository.Objects.Local;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>Credentials from a private file, read again when it changes, so that keys can be rotated under a mounted file system.</summary>
internal sealed class FileCredentials : AWSCredentials
{
    private const int OtherUsers = 0x3F;

    private readonly string _path;
    private readonly string? _profile;
    private readonly Lock _gate = new();
    private AWSCredentials _current;
    private DateTime _writtenAt;

    /// <exception cref="ObjectStoreException">BadConfiguration when the file is missing, open to others, or holds no credentials.</exception>
    public FileCredentials(string path, string? profile)
    {
        _path = path;
        _profile = profile;
        _writtenAt = File.GetLastWriteTimeUtc(path);
        _current = Read();
    }

    public override ImmutableCredentials GetCredentials() => Current().GetCredentials();

    public override Task<ImmutableCredentials> GetCredentialsAsync() => Current().GetCredentialsAsync();

    private AWSCredentials Current()
    {
        lock (_gate)
        {
            DateTime writtenAt = File.GetLastWriteTimeUtc(_path);
            if (writtenAt != _writtenAt)
            {
                _current = Read();
                _writtenAt = writtenAt;
            }
            return _current;
        }
    }

    private AWSCredentials Read()
    {
        string text;
        try
        {
            // The open file is looked at, so nobody can put another in its place between the look and the reading.
            using SafeFileHandle file = File.OpenHandle(_path);
            FileStatus status = NativeFile.Status(file);
            if ((status.Mode & OtherUsers) != 0)
                throw Bad($"is open to other users (mode 0{Convert.ToString(status.Mode & 0xFFF, 8)}); run: chmod 600 '{_path}'");
            using var reader = new StreamReader(new FileStream(file, FileAccess.Read));
            text = reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad($"cannot be read: {e.Message}", e);
        }
        return text.Contains('[', StringComparison.Ordinal) ? ReadSections() : ReadLine(text);
    }

    private AWSCredentials ReadSections()
    {
        string name = _profile ?? "default";
        var file = new SharedCredentialsFile(_path);
        if (!file.TryGetProfile(name, out CredentialProfile profile))
            throw Bad($"has no section [{name}]");
        try
        {
            return AWSCredentialsFactory.GetAWSCredentials(profile, file);
        }
        catch (Exception e) when (e is AmazonClientException or InvalidDataException or InvalidOperationException or ArgumentException)
        {
            throw Bad($"has no usable credentials in section [{name}]: {e.Message}", e);
        }
    }

    private BasicAWSCredentials ReadLine(string text)
    {
        string line = text.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0 && l[0] != '#') ?? "";
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || colon == line.Length - 1)
            throw Bad("holds neither a section such as [default] nor a line ACCESS_KEY:SECRET_KEY");
        return new BasicAWSCredentials(line[..colon], line[(colon + 1)..]);
    }

    private ObjectStoreException Bad(string what, Exception? inner = null) =>
        new(ObjectStoreErrorKind.BadConfiguration, $"The credentials file '{_path}' {what}.", inner);
}
