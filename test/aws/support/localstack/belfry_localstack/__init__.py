"""Two plug-ins for LocalStack 4.14: functions without Docker, and custom resources of CloudFormation."""
